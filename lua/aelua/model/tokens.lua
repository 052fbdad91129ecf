--- What models have whose codes are made of symbols out of a finite number: codes as
--- numbers of symbols, and these in codes' place. A class has methods
---   tokens_of(x, batch)     prepared inputs -> [N, ...] i32, from 1
---   code_of(tokens)         [N, ...] i32 -> codes [N, ..., units]
---   symbols()               how many there are
local core = require "aelua.core"
local batches = require "aelua.model.batches"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local asked = { batch_size = { type = "integer", min = 1, default = 256 } }

local function is_tokens(t) return core.is_tensor(t) and t.dtype == "i32" and t.ndim > 0 end

-- Codes, where tokens may stand for them.
local function looked_up(self, who, t)
  if not is_tokens(t) then return t end
  local wanted = table.move(self.code, 1, #self.code - 1, 1, {})
  errors.check(shapes.equal(shapes.of_sample(t), wanted), "shape", "%s wants tokens %s or codes %s, got tokens %s", who,
    shapes.batch_text(wanted), shapes.batch_text(self.code), shapes.text(t.shape))
  if shapes.count(t.shape) > 0 then
    local least, most = t:min():item(), t:max():item()
    errors.check(least >= 1 and most <= self:symbols(), "invalid", "%s wants tokens from 1 to %d, got %d", who,
      self:symbols(), least < 1 and least or most)
  end
  return core.no_grad(self.code_of, self, t)
end

local function tokens_of(self, x, batch) return self:tokens_of(self:prepare(x), batch) end

---@param class aelua.VariationalModel
---@param super aelua.VariationalModel
---@param tools aelua.ModelTools
return function(class, super, tools)
  --- The numbers of the symbols that samples' codes are made of.
  ---@param data any a data set or a tensor [N, ...]
  ---@param given? { batch_size?: integer } default 256
  ---@return aelua.Tensor [N, ...] i32, from 1: the shape of a code without its last dimension
  function class:tokens(data, given)
    local who = self.class_name .. ":tokens"
    local o = options.check(who, given, asked)
    return self:quietly(batches.map, who, tools.dataset, data, o.batch_size, self.input, tokens_of, self)
  end

  --- The results of codes or of tokens, in the units of the input.
  ---@param codes aelua.Tensor [N, ...] codes, or i32 tokens
  ---@param given? { batch_size?: integer } default 256
  ---@return aelua.Tensor [N, ...]
  function class:decode(codes, given) return super.decode(self, looked_up(self, self.class_name .. ":decode", codes), given) end

  --- Data drawn for codes or tokens.
  ---@param codes aelua.Tensor [N, ...] codes, or i32 tokens
  ---@param given? { batch_size?: integer } default 256
  ---@return aelua.Tensor [N, ...]
  function class:draw_from(codes, given)
    return super.draw_from(self, looked_up(self, self.class_name .. ":draw_from", codes), given)
  end

  --- How many values are to be kept of a code: its tokens.
  function class:code_values() return shapes.count(self.code) // self.code[#self.code] end

  function class:as_codes(who, z, n) return super.as_codes(self, who, looked_up(self, who, z), n) end
end
