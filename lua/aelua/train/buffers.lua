--- The buffers of a model (statistics of a normalisation, codebooks) as they were before a step. Layers move them while
--- they run forward, before it is known whether the step can be taken at all.
local core = require "aelua.core"
local class = require "aelua.base.class"

---@class aelua.Buffers: aelua.Class
local Buffers = class("Buffers")

---@param model table with named_buffers(), else there are none
function Buffers:init(model)
  self.model, self.tensors, self.copies, self.held = model, {}, {}, false
  self:find()
end

--- Looks for the model's buffers, which may be others than before.
function Buffers:find()
  local n = 0
  if self.model.named_buffers then
    for _, tensor in self.model:named_buffers() do
      n = n + 1
      if self.tensors[n] ~= tensor then self.tensors[n], self.copies[n] = tensor, core.keep(tensor:clone()) end
    end
  end
  for i = #self.tensors, n + 1, -1 do self.tensors[i], self.copies[i] = nil, nil end
end

--- Keeps what is in them, until `let_go` or `restore`.
function Buffers:hold()
  local copies = self.copies
  for i, tensor in ipairs(self.tensors) do copies[i]:copy_(tensor) end
  self.held = true
end

--- The step was taken.
function Buffers:let_go() self.held = false end

--- Puts back what was kept, if anything is.
function Buffers:restore()
  if not self.held then return end
  for i, tensor in ipairs(self.tensors) do tensor:copy_(self.copies[i]) end
  self.held = false
end

return Buffers
