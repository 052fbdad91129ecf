--- The base of models: a module with an encoder and a decoder, which is trained
--- by `fit` and asked in batches. A class states its loss:
---
---   function Mine:losses(batch, wants_prediction) -> total, terms?, prediction?
---     batch: `input`, and `target` where it is not the input; tensors [N, ...] or
---            tables of named ones, as a data set gives them
---     total: a scalar tensor, its penalties included
---     terms: scalar tensors by name, reported beside the loss; nil: no further ones
---     prediction: [N, ...] beside the target, where wants_prediction, in the units
---            of the data (`restore`), since metrics compare it with what the batch has
---
--- and, where a result is not simply encoder and decoder run through, encode_batch
--- and decode_batch. What `fit` calls on a model is this, training_step(batch,
--- optimizer, wants_prediction) -> loss, terms?, prediction? where a class has one
--- (several optimisers, adversaries), train(), eval(), named_parameters(),
--- state_dict() and load_state_dict(). It keeps the optimiser as model.optimizer.
---
--- The door: u8 counts as k/255 and the scaler, where there is one, is applied to
--- what comes in (losses compare scaled values) and undone in what goes out.
local core = require "aelua.core"
local batches = require "aelua.model.batches"
local errors = require "aelua.base.errors"
local methods_of_some = require "aelua.model.methods_of_some"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local unit = require "aelua.base.unit"

local asked = { batch_size = { type = "integer", min = 1, default = 256 } }
local evaluated = { batch_size = asked.batch_size, metrics = { type = "table" } }

local function real(t) return t.dtype == "u8" and unit.mark(core.ops.scaled(t)) or t end

-- fn of a tensor, or of each of a table of named ones.
local function each(value, fn, ...)
  if type(value) ~= "table" then return fn(value, ...) end
  local result = {}
  for name, one in pairs(value) do result[name] = fn(one, ...) end
  return result
end

---@param tools aelua.ModelTools
---@param files table what file.lua gives
return function(tools, files)
  local nn = tools.nn

  ---@class aelua.Model: aelua.Module
  ---@field encoder aelua.Module
  ---@field decoder aelua.Module
  ---@field input table shape of a sample, or named shapes
  ---@field code table shape of a code
  ---@field output table shape of a result
  ---@field scaler table?
  ---@field metrics table?
  ---@field optimizer table? of the last fit
  local Model = nn.Module:extend("Model")
  Model.is_model = true
  Model.fit_tools = tools

  --- What layers are given of what the user gives.
  function Model:prepare(value)
    if type(value) == "userdata" and value.dtype ~= "u8" and not self.scaler then return value end
    local prepared = each(value, real)
    local scaler = self.scaler
    return scaler and each(prepared, function(t) return scaler:transform(t) end) or prepared
  end

  --- What the user is given of what layers give.
  function Model:restore(value)
    local scaler = self.scaler
    return scaler and each(value, function(t) return scaler:inverse(t) end) or value
  end

  --- The codes of a prepared batch; `_batch` is what it came in, nil for a plain tensor.
  function Model:encode_batch(x, _batch) return self:within(self.encoder, "forward", x) end

  --- The results of a batch of codes, before the scaler is undone.
  function Model:decode_batch(code, _batch) return self:within(self.decoder, "forward", code) end

  --- Prepared input to result.
  function Model:forward(x, batch) return self:decode_batch(self:encode_batch(x, batch), batch) end

  --- The result for one sample of zeros, for those who watch the layers.
  function Model:probe() return self:forward(shapes.zeros(self.input)) end

  --- Builds layers that were put in after the model was made, with a sample of zeros; without them it does nothing.
  function Model:build_added()
    if self.input and self:first_unbuilt() then self:quietly(self.probe, self) end
  end

  --- Checks that a model that was built when it was made is built for `shape`, and builds what was put in later.
  function Model:build(shape)
    if not self.output then return nn.Module.build(self, shape) end
    shape = shapes.check(self.class_name .. ":build", shape)
    errors.check(shapes.equal(shape, self.input), "shape", "%s was made for %s, got %s", self.class_name,
      shapes.text(self.input), shapes.text(shape))
    self:build_added()
    return self.output
  end

  function Model:losses()
    errors.raise("unsupported", ("%s has no method losses"):format(self.class_name), 2)
  end

  local function check_shape(who, what, got, wanted)
    errors.check(got == nil or wanted == nil or shapes.equal(got, wanted), "shape", "%s wants %s%s, got %s", who, what,
      shapes.batch_text(wanted), shapes.batch_text(got))
  end

  --- Raises unless the samples of a data set fit the model; `fit` and `evaluate` ask.
  ---@param who string how messages begin
  ---@param set table a data set; one of the user's own may leave its shapes out
  function Model:check_data(who, set) check_shape(who, "", set.shape, self.input) end

  --- As check_data, of targets: for classes that compare their output with them.
  function Model:check_targets(who, set)
    check_shape(who, set.target_shape and "targets " or "", set.target_shape or set.shape, self.output)
  end

  --- Trains: by batches, for as many epochs as the options say.
  ---@param train any a data set, a tensor [N, ...] or a table of named ones
  ---@param given? aelua.FitOptions
  ---@return aelua.History
  function Model:fit(train, given) return tools.fit(self, train, given, tools) end

  local function ask(self, method, data, given, shape, fn)
    local who = self.class_name .. ":" .. method
    local size = given == nil and asked.batch_size.default or options.check(who, given, asked).batch_size
    return self:quietly(batches.map, who, tools.dataset, data, size, shape, fn, self)
  end

  local function encode(self, x, batch) return self:encode_batch(self:prepare(x), batch) end

  --- The codes of samples.
  ---@param data any a data set, a tensor [N, ...] or a table of named ones
  ---@param given? { batch_size?: integer } default 256
  ---@return aelua.Tensor [N, ...]
  function Model:encode(data, given) return ask(self, "encode", data, given, self.input, encode) end

  local function decode(self, z, batch) return self:restore(self:decode_batch(z, batch)) end

  --- The results of codes, in the units of the input.
  ---@param codes aelua.Tensor [N, ...]
  ---@param given? { batch_size?: integer } default 256
  ---@return aelua.Tensor [N, ...]
  function Model:decode(codes, given) return ask(self, "decode", codes, given, self.code, decode) end

  local function reconstruct(self, x, batch) return self:restore(self:forward(self:prepare(x), batch)) end

  --- What the model makes of samples, in the units of the input.
  ---@param data any a data set, a tensor [N, ...] or a table of named ones
  ---@param given? { batch_size?: integer } default 256
  ---@return aelua.Tensor [N, ...]
  function Model:reconstruct(data, given) return ask(self, "reconstruct", data, given, self.input, reconstruct) end

  --- Means over all samples: `loss`, its terms, and the metrics by name.
  ---@param data any a data set, a tensor [N, ...] or a table of named ones
  ---@param given? { batch_size?: integer, metrics?: table } defaults: 256, the model's
  ---@return table<string, number>
  function Model:evaluate(data, given)
    local who = self.class_name .. ":evaluate"
    options.check_table(who, given, "; targets go into data.pairs or data.tensors")
    local o = options.check(who, given, evaluated)
    local set = tools.dataset(data)
    errors.check(#set > 0, "invalid", "%s: the data set is empty", who)
    self:check_data(who, set)
    local list = tools.metrics(who, o.metrics or self.metrics, self)
    local row = {}
    tools.evaluate(self, set, o.batch_size, list):write(row, {}, "")
    return row
  end

  --- How many values are to be kept of a code.
  ---@return integer
  function Model:code_values() return shapes.count(self.code) end

  --- How many values of the input one value of the code stands for.
  ---@return number
  function Model:compression_ratio() return shapes.count(self.input) / self:code_values() end

  --- A table of layers, output shapes and parameters, with totals and the compression ratio.
  ---@return string
  function Model:summary(...)
    options.no_more(self.class_name .. ":summary", "no options", ...)
    return require "aelua.model.summary"(self)
  end

  --- The model as a Mermaid flow chart.
  ---@return string
  function Model:diagram() return require "aelua.model.diagram"(self) end

  --- Writes the model to a safetensors file: weights, architecture and
  --- preprocessing. Where a part is code of the user's own, the weights alone; the
  --- reason is returned, and written to standard error.
  ---@param path string
  ---@return string? reason
  function Model:save(path, ...)
    options.no_more(self.class_name .. ":save", "a path", ...)
    return files.save_model(path, self)
  end

  --- Reads weights from a file that `save` or ae.save_state wrote.
  ---@generic T: aelua.Model
  ---@param self T
  ---@param path string
  ---@return T self
  function Model:load(path, ...)
    options.no_more(self.class_name .. ":load", "a path", ...)
    return files.load_state(path, self)
  end

  methods_of_some(Model)
  return Model
end
