--- The models that speed is judged by: layer sizes, batch, what is wanted.
---   at_least   how many times faster a step is to be than the best peer's, and than PyTorch's without compiling;
---              alone: than the best peer's, with OpenBLAS and without oneDNN
local M = {}

---@class BenchModel
---@field name string
---@field sizes integer[] of the input and of every layer; the last is the input's
---@field batch integer
---@field at_least { best: number, eager: number, alone: number }

---@type BenchModel[]
M.list = {
  { name = "dense", sizes = { 784, 32, 784 }, batch = 256, at_least = { best = 1.8, eager = 4, alone = 0.9 } },
  { name = "deep", sizes = { 784, 512, 256, 64, 256, 512, 784 }, batch = 256,
    at_least = { best = 1.1, eager = 2, alone = 0.9 } },
}

--- The model of a name, or nil.
---@param name string
---@return BenchModel?
function M.find(name)
  for _, model in ipairs(M.list) do
    if model.name == name then return model end
  end
  return nil
end

--- Operations of the products in one training step: forward, weight gradients, input gradients but the first's.
---@param model BenchModel
---@return number
function M.work(model)
  local total = 0
  for i = 2, #model.sizes do
    local product = 2 * model.batch * model.sizes[i - 1] * model.sizes[i]
    total = total + product * (i == 2 and 2 or 3)
  end
  return total
end

return M
