--- `ae.tune`: who computes convolutions.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local M = {}

--- Chooses who computes convolutions. Each shape, forward and both gradients apart, is computed by one of several ways
--- (`ae.kernels().convolutions` lists them): "direct", loops over the input as it lies; "tiles", products of tiles of
--- the column matrix; "depthwise"; "onednn"; "amx", tiles of processors that have them. A table measured once, which is a
--- function of processor, shape, number of threads and AELUA_BACKEND alone, says which, so that the same seed gives the
--- same bits.
---
---   ae.tune(function() model:fit(train, { epochs = 1 }) end)   -- measures every way on every shape that comes
---   ae.tune "direct"                                           -- this one wherever it serves
---   ae.tune "table"                                            -- as it was
---
--- What is measured holds until "table", or until the process ends; the ways differ in the last bits, so results of runs
--- that measured may differ there. Who multiplies matrices is not chosen here, but by size and by the environment variable
--- AELUA_BACKEND.
--- Errors: what the function raises; invalid, another name.
---@param what fun(...)|"table"|"direct"|"tiles"|"depthwise"|"onednn"|"amx"
---@param ... any arguments of the function
---@return any ... what the function returns
function M.tune(what, ...)
  if type(what) == "string" then return core.fix_convolutions(what) end
  errors.check(type(what) == "function", "type", "tune wants a function or a name, got %s", type(what))
  local before = core.measure_convolutions(true)
  local results = table.pack(pcall(what, ...))
  core.measure_convolutions(before)
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return M
