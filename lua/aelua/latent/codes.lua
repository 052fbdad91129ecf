--- What every tool for codes asks of them.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local M = {}

--- The codes as [N, D] real without gradients; raises on anything else.
---@param who string how messages begin
---@param codes any
---@param features? integer how many every code is to have
---@return userdata
function M.check(who, codes, features)
  errors.check(core.is_tensor(codes), "type", "%s: wants codes as a tensor [N, D], got %s", who, type(codes))
  errors.check(codes.ndim == 2 and codes.dtype == core.real and codes.shape[1] > 0 and codes.shape[2] > 0, "shape",
    "%s: wants codes as %s [N, D], got %s %s", who, core.real, codes.dtype, shapes.text(codes.shape))
  errors.check(not features or codes.shape[2] == features, "shape", "%s: wants codes [N, %s], got %s", who, features,
    shapes.text(codes.shape))
  return codes.requires_grad and codes:detach() or codes
end

--- Raises unless all numbers of the codes are finite.
---@param who string
---@param codes userdata [N, D]
function M.check_finite(who, codes)
  errors.check(core.ops.all(core.ops.isfinite(codes)):item() == 1, "invalid", "%s: codes that are not finite", who)
end

--- Labels as i32 [N], from 1; raises on anything else.
---@param who string
---@param labels any
---@param count? integer how many there are to be
---@return userdata
function M.check_labels(who, labels, count)
  errors.check(core.is_tensor(labels) and labels.dtype == "i32" and labels.ndim == 1, "type",
    "%s: wants labels as an i32 tensor [N], as dataset:labels() gives them", who)
  errors.check(not count or #labels == count, "shape", "%s: %s codes, %d labels", who, count, #labels)
  errors.check(#labels > 0 and core.ops.min(labels):item() >= 1, "invalid", "%s: labels count from 1", who)
  return labels
end

--- How often every label comes with every other: [A, B] real, its rows a's labels.
---@param a userdata [N] i32
---@param b userdata [N] i32
---@return userdata
function M.contingency(a, b)
  local ops = core.ops
  local rows = ops.one_hot(a, ops.max(a):item(), { dtype = core.real })
  local columns = ops.one_hot(b, ops.max(b):item(), { dtype = core.real })
  return ops.matmul(ops.transpose(rows), columns)
end

return M
