---@meta
-- The methods of tensors that are written in C and are no operations
-- (src/bind/tensor.c), for help and for language servers. Never run.

---@class aelua.Tensor
local Tensor = {}

--- The number in a tensor of one element. Errors: shape, where it has more or none.
---@return number
function Tensor:item() end

--- The elements as nested Lua tables, rows in tables of their own; a number where there are no dimensions.
---@return table|number
function Tensor:totable() end

--- Writes the values of `source` over this tensor's, broadcasting it.
--- A tensor that a graph has saved and that was changed since is an error at backward.
---@param source aelua.Tensor|number
---@return aelua.Tensor self
function Tensor:copy_(source) end

--- Writes `value` over all elements.
---@param value number
---@return aelua.Tensor self
function Tensor:fill_(value) end

--- The same memory under a tensor that no gradient flows through.
---@return aelua.Tensor
function Tensor:detach() end

--- Says whether gradients with regard to this leaf are wanted: backward then adds them to `grad`.
---@param on? boolean default true
---@return aelua.Tensor self
function Tensor:require_grad(on) end

--- Keeps the gradient of a tensor that was computed, which backward else lets go.
---@return aelua.Tensor self
function Tensor:retain_grad() end

--- Makes `grad` count as zero: the next gradient overwrites it.
---@return aelua.Tensor self
function Tensor:zero_grad() end

--- Lets go of the memory now rather than when the collector comes. Using the tensor afterwards is an error.
function Tensor:free() end

return Tensor
