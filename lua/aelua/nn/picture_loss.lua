--- Losses of pictures [N, H, W, C]: structural similarity and total variation.
--- Functions of nn.loss.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local similarity = require "aelua.base.similarity"

local ops = core.ops

local M = {}

--- Options of those that compare a prediction with a target, by name.
M.options = { ssim = {}, ms_ssim = {} }

local reduced = {
  reduction = { type = "string", choices = { "mean", "sum", "batchmean", "per_sample" }, default = "mean" },
  weight = { type = "userdata" },
}
for name, declared in pairs(M.options) do
  for key, option in pairs(similarity.options[name]) do declared[key] = option end
  for key, option in pairs(reduced) do declared[key] = option end
end

-- Sums of samples [N], each of `terms` terms, as the reduction says.
local function reduce(who, sums, terms, o)
  local weight, count = o.weight, #sums
  if weight then
    errors.check(core.is_tensor(weight) and shapes.equal(weight.shape, sums.shape), "shape",
      "%s: weight wants a number for every sample, [%d], got %s", who, #sums,
      core.is_tensor(weight) and shapes.text(weight.shape) or type(weight))
    weight = weight:detach()
    sums, count = sums * weight, ops.sum(weight):item()
  end
  if o.reduction == "per_sample" then return sums end
  local total = ops.sum(sums)
  if o.reduction == "sum" then return total end
  local divisor = o.reduction == "mean" and count * terms or count
  return total * (divisor == 0 and 0 or 1 / divisor)
end

--- Options of "ssim" or "ms_ssim", checked, with every default.
---@param who string how messages begin
---@param name "ssim"|"ms_ssim"
---@param given? table
---@return table
function M.check(who, name, given)
  local o = options.check(who, given, M.options[name])
  if o.weights then similarity.check_weights(who, o.weights) end
  return o
end

---@class aelua.SsimLossOptions: aelua.SsimOptions
---@field reduction? "mean"|"sum"|"batchmean"|"per_sample" default "mean"; a term is a picture
---@field weight? aelua.Tensor [N] a factor for every picture

--- Structural dissimilarity, 1 - SSIM, of pictures: 0 where they are the same, at
--- most 2. Wants pictures at least as large as the window.
---@param prediction aelua.Tensor [N, H, W, C]
---@param target aelua.Tensor the same shape
---@param given? aelua.SsimLossOptions
---@return aelua.Tensor # a number; [N] where the reduction says so
function M.ssim(prediction, target, given)
  local o = M.check("ssim", "ssim", given)
  return reduce("ssim", 1 - similarity.ssim(prediction, target, o), 1, o)
end

---@class aelua.MsSsimLossOptions: aelua.MsSsimOptions
---@field reduction? "mean"|"sum"|"batchmean"|"per_sample" default "mean"; a term is a picture
---@field weight? aelua.Tensor [N] a factor for every picture

--- 1 - MS-SSIM of pictures, 0 to 1. With the five scales of the paper they are at
--- least 161 x 161.
---@param prediction aelua.Tensor [N, H, W, C]
---@param target aelua.Tensor the same shape
---@param given? aelua.MsSsimLossOptions
---@return aelua.Tensor # a number; [N] where the reduction says so
function M.ms_ssim(prediction, target, given)
  local o = M.check("ms_ssim", "ms_ssim", given)
  return reduce("ms_ssim", 1 - similarity.ms_ssim(prediction, target, o), 1, o)
end

---@class aelua.TotalVariationOptions
---@field isotropic? boolean the length of a pixel's two differences rather than their sum, default false
---@field epsilon? number isotropic: added to the squared length, so that it has a slope at 0; default 1e-12
---@field reduction? "mean"|"sum"|"batchmean"|"per_sample" default "mean"; a term is a pixel of a channel
---@field weight? aelua.Tensor [N] a factor for every picture

local variation = {
  isotropic = { type = "boolean", default = false },
  epsilon = { type = "number", above = 0, default = 1e-12 },
  reduction = reduced.reduction,
  weight = reduced.weight,
}

-- To the next pixel along dim, 0 at the end.
local function differences(x, dim)
  local size, after = x.shape[dim], { 0, 0, 0, 0 }
  after[dim] = 1
  return ops.pad(ops.narrow(x, dim, 2, size - 1) - ops.narrow(x, dim, 1, size - 1), { 0, 0, 0, 0 }, after, 0)
end

--- Total variation of pictures, which penalises noise and keeps edges: at each
--- pixel the differences to the next one below and to the right (0 beyond the
--- border), |down| + |right|, or isotropic their length.
--- Rudin, Osher, Fatemi, "Nonlinear total variation based noise removal", 1992.
---@param x aelua.Tensor [N, H, W, C]
---@param given? aelua.TotalVariationOptions
---@return aelua.Tensor # a number; [N] where the reduction says so
function M.total_variation(x, given)
  local o = options.check("total_variation", given, variation)
  local shape = core.is_tensor(x) and x.shape
  errors.check(shape and #shape == 4 and shape[2] > 0 and shape[3] > 0, "shape",
    "total_variation: wants pictures [N,H,W,C] that have a pixel, got %s",
    shape and shapes.text(shape) or type(x))
  errors.check(x.dtype == core.real, "type", "total_variation: wants %s pictures, got %s", core.real, x.dtype)
  local down, right = differences(x, 2), differences(x, 3)
  local terms = o.isotropic and ops.sqrt(ops.square(down) + ops.square(right) + o.epsilon)
    or ops.abs(down) + ops.abs(right)
  return reduce("total_variation", ops.sum(terms, { 2, 3, 4 }), shape[2] * shape[3] * shape[4], o)
end

return M
