--- The models that speed is judged by: layers, batch, what is wanted. All sides build them from this list.
---
--- A layer is KIND-UNITS-ACTIVATION; convolutions are 3x3 and pad, pooling and upsampling 2x2:
---   dense   conv   conv_valid (not padded)   down (conv, stride 2)   up (transposed, stride 2)   pool   upsample
---   norm (batch)   variational (mean and logarithm of variance dense, then a sample; the KL adds to the loss)
---   flatten (units: how many come out)   grid (dense to 4 x 4 x units)
local M = {}

---@class BenchModel
---@field name string
---@field input integer[] of a sample
---@field layers string[]
---@field batch integer
---@field encoder integer? how many of the layers make the encoder, where encoding is measured
---@field at_least BenchWanted

---@class BenchWanted of a median step
---@field best number how many times faster than the best peer's
---@field alone number the same with OpenBLAS and without oneDNN
---@field eager number? how many times faster than PyTorch's without compiling
---@field threads number? how many times faster with two threads than with one
---@field peak number? share of the multiply-add peak
---@field latency number? how many times less than the best peer's a call takes that encodes one sample
---@field memory number? how many times less memory than PyTorch a process takes that trains it

---@type BenchModel[]
M.list = {
  { name = "dense", input = { 784 }, layers = { "dense-32-relu", "dense-784" }, batch = 256, encoder = 1,
    at_least = { best = 2.2, eager = 4, alone = 0.9, latency = 20 } },
  { name = "deep", input = { 784 }, batch = 256,
    layers = { "dense-512-relu", "dense-256-relu", "dense-64-relu", "dense-256-relu", "dense-512-relu", "dense-784" },
    at_least = { best = 1.25, eager = 2, alone = 0.9, peak = 0.75 } },
  { name = "vae", input = { 784 }, layers = { "dense-400-relu", "variational-20", "dense-400-relu", "dense-784" },
    batch = 128, at_least = { best = 1.4, alone = 0.9 } },
  -- The Keras blog's convolutional autoencoder.
  { name = "blog", input = { 28, 28, 1 }, batch = 128,
    layers = { "conv-16-relu", "pool", "conv-8-relu", "pool", "conv-8-relu", "pool",
      "conv-8-relu", "upsample", "conv-8-relu", "upsample", "conv_valid-16-relu", "upsample", "conv-1" },
    at_least = { best = 2, alone = 0.8, threads = 1.7, peak = 0.55, memory = 1 } },
  -- keras-io's, 28,353 parameters.
  { name = "transposed", input = { 28, 28, 1 }, batch = 128, encoder = 4,
    layers = { "conv-32-relu", "pool", "conv-32-relu", "pool", "up-32-relu", "up-32-relu", "conv-1" },
    at_least = { best = 1.7, alone = 0.8, threads = 1.7, peak = 0.55, memory = 1 } },
  { name = "pictures", input = { 64, 64, 3 }, batch = 64,
    layers = { "down-32", "norm-relu", "down-64", "norm-relu", "down-128", "norm-relu", "down-256", "norm-relu",
      "up-128", "norm-relu", "up-64", "norm-relu", "up-32", "norm-relu", "up-32", "norm-relu", "conv-3" },
    at_least = { best = 1.7, alone = 0.8, threads = 1.7, peak = 0.55, memory = 2 } },
  -- The same between pictures and a code of 128 numbers.
  { name = "conv_vae", input = { 64, 64, 3 }, batch = 64,
    layers = { "down-32", "norm-relu", "down-64", "norm-relu", "down-128", "norm-relu", "down-256", "norm-relu",
      "flatten-4096", "variational-128", "grid-256-relu",
      "up-128", "norm-relu", "up-64", "norm-relu", "up-32", "norm-relu", "up-32", "norm-relu", "conv-3" },
    at_least = { best = 1.7, alone = 0.8 } },
}

--- Geometric means over all models that are wanted.
M.mean_at_least = { best = 2, alone = 1 }

--- The model of a name, or nil.
---@param name string
---@return BenchModel?
function M.find(name)
  for _, model in ipairs(M.list) do
    if model.name == name then return model end
  end
  return nil
end

-- Multiply-adds of a sample, and the next sample's shape; sizes: of a result's side.
local function window(shape, units, height, width, places)
  return 9 * places * shape[3] * units, { height, width, units }
end

local kinds = {}
function kinds.dense(shape, units) return shape[1] * units, { units } end
function kinds.variational(shape, units) return 2 * shape[1] * units, { units } end
function kinds.flatten(_, units) return 0, { units } end
function kinds.grid(shape, units) return shape[1] * 16 * units, { 4, 4, units } end
function kinds.conv(shape, units) return window(shape, units, shape[1], shape[2], shape[1] * shape[2]) end
function kinds.conv_valid(shape, units)
  local height, width = shape[1] - 2, shape[2] - 2
  return window(shape, units, height, width, height * width)
end
function kinds.down(shape, units)
  local height, width = (shape[1] + 1) // 2, (shape[2] + 1) // 2
  return window(shape, units, height, width, height * width)
end
function kinds.up(shape, units)
  return window(shape, units, 2 * shape[1], 2 * shape[2], shape[1] * shape[2])
end
function kinds.pool(shape) return 0, { (shape[1] + 1) // 2, (shape[2] + 1) // 2, shape[3] } end
function kinds.upsample(shape) return 0, { 2 * shape[1], 2 * shape[2], shape[3] } end
function kinds.norm(shape) return 0, shape end

--- Operations of the products in one training step: forward, weight gradients, input gradients but the first's.
---@param model BenchModel
---@return number
function M.work(model)
  local total, shape = 0, model.input
  for i, layer in ipairs(model.layers) do
    local kind, units = layer:match "^([%a_]+)%-?(%d*)"
    local products
    products, shape = kinds[kind](shape, math.tointeger(units))
    total = total + 2 * model.batch * products * (i == 1 and 2 or 3)
  end
  return total
end

return M
