--- How alike pictures are: SSIM and MS-SSIM of tensors [N, H, W, C], one number
--- per picture, with the constants of the papers. Losses and metrics are made of
--- them.
---
--- Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error
--- visibility to structural similarity", 2004; Wang, Simoncelli, Bovik,
--- "Multi-scale structural similarity for image quality assessment", 2003.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

local M = { options = {} }

---@class aelua.SsimOptions
---@field window? integer side of the Gaussian window in pixels, default 11; only where it lies inside the picture
---@field sigma? number the Gaussian's deviation in pixels, default 1.5
---@field k1? number default 0.01
---@field k2? number default 0.03
---@field range? number from the darkest value to the brightest, default 1

M.options.ssim = {
  window = { type = "integer", min = 1, max = 255, default = 11 },
  sigma = { type = "number", above = 0, default = 1.5 },
  k1 = { type = "number", above = 0, default = 0.01 },
  k2 = { type = "number", above = 0, default = 0.03 },
  range = { type = "number", above = 0, default = 1 },
}

---@class aelua.MsSsimOptions: aelua.SsimOptions
---@field weights? number[] exponent of each scale, the finest first; default the paper's five

local five_scales = { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 }

M.options.ms_ssim = { weights = { type = "table", default = five_scales } }
for name, option in pairs(M.options.ssim) do M.options.ms_ssim[name] = option end

-- What the operation takes of options.
local function attributes(o) return { window = o.window, sigma = o.sigma, k1 = o.k1, k2 = o.k2, range = o.range } end

--- Raises unless `weights` is a list of numbers above 0.
---@param who string how messages begin
---@param weights number[]
function M.check_weights(who, weights)
  errors.check(#weights > 0, "invalid", "%s: weights wants a list of numbers, one for each scale", who)
  for i, weight in ipairs(weights) do
    errors.check(type(weight) == "number" and weight > 0 and weight < math.huge, "invalid",
      "%s: weights wants numbers above 0, number %d is %s", who, i, errors.shown(weight))
  end
end

--- Options of "ssim" or "ms_ssim", checked, with every default.
---@param who string how messages begin
---@param name "ssim"|"ms_ssim"
---@param given? table
---@return table
function M.check(who, name, given)
  local o = options.check(who, given, M.options[name])
  if o.weights then M.check_weights(who, o.weights) end
  return o
end

--- Structural similarity of each picture, the mean over its channels.
---@param prediction aelua.Tensor [N, H, W, C]
---@param target aelua.Tensor the same shape
---@param o aelua.SsimOptions checked
---@return aelua.Tensor # [N], -1 to 1
function M.ssim(prediction, target, o)
  return ops.mean((ops.ssim(prediction, target, attributes(o))), 2)
end

local function check_size(t, o)
  errors.check(core.is_tensor(t), "type", "ms_ssim: prediction wants a tensor, got %s", t == nil and "nothing" or type(t))
  local shape, smallest = t.shape, ((o.window - 1) << (#o.weights - 1)) + 1
  errors.check(#shape == 4, "shape", "ms_ssim: prediction wants pictures [N,H,W,C], got %s", shapes.text(shape))
  errors.check(shape[2] >= smallest and shape[3] >= smallest, "shape",
    "ms_ssim: a window of %d and %d scales want pictures of at least %d x %d, got %s; a smaller window or fewer "
    .. "weights take smaller ones", o.window, #o.weights, smallest, smallest, shapes.text(shape))
end

-- x^weight, 0 with no slope where x is not above 0.
local function power(x, weight)
  local positive = ops.gt(x, 0)
  return ops.where(positive, ops.pow(ops.where(positive, x, 1), weight), 0)
end

local halved = { size = 2, padding = "same" }

--- Similarity over several scales of each picture: contrast and structure at each,
--- the whole similarity at the coarsest, each to the power of its weight, multiplied;
--- the mean over channels. From scale to scale 2 x 2 pixels become their mean (at an
--- odd border those that are there). What is negative counts as 0.
---@param prediction aelua.Tensor [N, H, W, C]
---@param target aelua.Tensor the same shape
---@param o aelua.MsSsimOptions checked
---@return aelua.Tensor # [N], 0 to 1
function M.ms_ssim(prediction, target, o)
  check_size(prediction, o)
  local last, product = #o.weights, nil
  for scale, weight in ipairs(o.weights) do
    local similarity, structure = ops.ssim(prediction, target, attributes(o))
    local factor = power(scale == last and similarity or structure, weight)
    product = product and product * factor or factor
    if scale < last then
      prediction, target = ops.avg_pool2d(prediction, halved), ops.avg_pool2d(target, halved)
    end
  end
  return ops.mean(product, 2)
end

return M
