--- Ways through the space of codes: new samples from the prior or another density,
--- one dimension at a time, a plane of two, the way from one sample to another.
local core = require "aelua.core"
local batches = require "aelua.model.batches"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

local batch_size = { type = "integer", min = 1, default = 256 }

-- Values from a to b, evenly.
local function spread(a, b, count)
  local values = {}
  for i = 1, count do values[i] = count == 1 and (a + b) / 2 or a + (b - a) * (i - 1) / (count - 1) end
  return values
end

-- A code between a and b along the great circle (Shoemake, "Animating rotation with
-- quaternion curves", SIGGRAPH 1985); along a line where they have one direction.
local function spherical(a, b, t)
  local dot, aa, bb = 0, 0, 0
  for i = 1, #a do dot, aa, bb = dot + a[i] * b[i], aa + a[i] * a[i], bb + b[i] * b[i] end
  local cosine = (aa > 0 and bb > 0) and math.max(-1, math.min(1, dot / math.sqrt(aa * bb))) or 1
  local angle = math.acos(cosine)
  local p, q = 1 - t, t
  if math.sin(angle) > 1e-6 then p, q = math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle) end
  local code = {}
  for i = 1, #a do code[i] = p * a[i] + q * b[i] end
  return code
end

local function linear(a, b, t)
  local code = {}
  for i = 1, #a do code[i] = (1 - t) * a[i] + t * b[i] end
  return code
end

---@param VariationalModel aelua.VariationalModel
---@param tools aelua.ModelTools
return function(VariationalModel, tools)
  -- What decodes codes needs beside them; a class that has more extends it.
  VariationalModel.decode_options = { batch_size = batch_size }

  local function check(self, method, given, declared)
    local who, all = ("%s:%s"):format(self.class_name, method), {}
    for name, option in pairs(self.decode_options) do all[name] = option end
    for name, option in pairs(declared) do all[name] = option end
    return who, options.check(who, given, all)
  end

  -- As check, of a way that wants codes whose dimensions are numbers.
  local function check_walk(self, method, given, declared)
    errors.check(self.latent, "unsupported", "%s:%s wants codes that are lists of numbers; this model's are %s",
      self.class_name, method, shapes.batch_text(self.code))
    return check(self, method, given, declared)
  end

  -- What is left for decode.
  local function decoding(self, o)
    local rest = {}
    for name in pairs(self.decode_options) do rest[name] = o[name] end
    return rest
  end

  local function check_dims(self, who, dims)
    for i, d in ipairs(dims) do
      errors.check(math.type(d) == "integer" and d >= 1 and d <= self.latent, "invalid",
        "%s: dims wants dimensions of the code, 1 to %d, got %s (number %d)", who, self.latent, errors.shown(d), i)
    end
    errors.check(#dims > 0, "invalid", "%s: dims wants a list of dimensions", who)
    return dims
  end

  -- Whether `data` is one sample [...], not a batch [1, ...] or a data set.
  local function is_single(self, data)
    return core.is_tensor(data) and shapes.equal(data.shape, self.input)
  end

  -- The code of one sample as a list; zeros where there is none.
  local function code_of(self, who, data, o)
    if data == nil then
      local zeros = {}
      for i = 1, self.latent do zeros[i] = 0 end
      return zeros
    end
    local z = self:encode(is_single(self, data) and ops.unsqueeze(data, 1) or data, decoding(self, o))
    errors.check(#z == 1, "invalid", "%s: of wants one sample, got %d", who, #z)
    return z[1]:totable()
  end

  -- n codes from the prior, or from what stands in for it.
  local function draw_codes(self, who, n, from)
    if from == nil then return self:prior():sample(n) end
    if type(from) == "function" then return from(n) end
    errors.check(type(from) == "table" and type(from.sample) == "function", "invalid",
      "%s: from wants something with a method sample(n), or a function, got %s", who, type(from))
    return from:sample(n, from.is_model and { draw = true } or nil)
  end

  --- Codes as the decoder is given them, of what a density of codes gave.
  ---@param who string how messages begin
  ---@param z any
  ---@param n integer
  ---@return aelua.Tensor [n, ...]
  function VariationalModel:as_codes(who, z, n)
    local wanted = { n, table.unpack(self.code) }
    local fits = core.is_tensor(z) and z.dtype == core.real and z.ndim > 0 and #z == n
    errors.check(fits and shapes.count(z.shape) == shapes.count(wanted), "shape", "%s wants codes %s, got %s", who,
      shapes.text(wanted), core.is_tensor(z) and z.dtype .. " " .. shapes.text(z.shape) or type(z))
    return ops.reshape(z, wanted)
  end

  ---@class aelua.SampleOptions
  ---@field from? any a function of n that gives codes [n, latent], or something with such a method sample; default: the prior
  ---@field draw? boolean data drawn from the likelihood, not its expectation; default false
  ---@field batch_size? integer default 256

  --- New samples: codes from the prior, decoded. They are what is expected of the data
  --- given the code; with `draw` data drawn from that. `from` gives codes that are
  --- more like those of real samples than the prior's: a mixture that was fitted to
  --- them, or a second model of them, whose own samples are drawn (Dai, Wipf,
  --- "Diagnosing and enhancing VAE models", ICLR 2019).
  ---
  ---   local codes = vae:encode(train)
  ---   vae:sample(64, { from = ae.latent.GaussianMixture(codes, 10) })
  ---
  ---   local second = ae.VAE { input = { 20 }, latent = 20, ..., likelihood = { "gaussian", variance = "optimal" } }
  ---   second:fit(codes, { epochs = 50 })
  ---   vae:sample(64, { from = second })
  ---@param n integer
  ---@param given? aelua.SampleOptions
  ---@return aelua.Tensor [n, ...]
  function VariationalModel:sample(n, given)
    local who, o = check(self, "sample", given, { from = {}, draw = { type = "boolean", default = false } })
    errors.check(math.type(n) == "integer" and n >= 1, "invalid", "%s wants a number of samples from 1 up, got %s", who,
      errors.shown(n))
    local z = self:quietly(function() return self:as_codes(who, draw_codes(self, who, n, o.from), n) end)
    if not o.draw then return self:decode(z, decoding(self, o)) end
    return self:draw_from(z, decoding(self, o))
  end

  local function draw(self, z, batch)
    return self:restore(self.likelihood:draw(self:generate(z, self:condition(batch))))
  end

  --- Data drawn for codes.
  ---@param codes aelua.Tensor [N, latent]
  ---@param given? { batch_size?: integer }
  ---@return aelua.Tensor [N, ...]
  function VariationalModel:draw_from(codes, given)
    local who, o = check(self, "draw_from", given, {})
    return self:quietly(batches.map, who, tools.dataset, self:told(codes, o), o.batch_size, self.code, draw, self)
  end

  --- Codes, or samples, with what the model is told beside them.
  function VariationalModel:told(data, _o) return data end

  ---@class aelua.TraverseOptions
  ---@field dims? integer[] dimensions of the code; default: all
  ---@field steps? integer default 11
  ---@field range? number from -range to range, default 3
  ---@field of? any one sample, whose code the other dimensions keep; default: the prior's mean, 0
  ---@field batch_size? integer default 256

  --- One dimension of the code at a time, from one end of the range to the other:
  ---   ae.image.grid(vae:traverse { dims = {1, 2}, steps = 11 }, { columns = 11 })
  ---@param given? aelua.TraverseOptions
  ---@return aelua.Tensor [#dims * steps, ...] a dimension after the other
  function VariationalModel:traverse(given)
    local who, o = check_walk(self, "traverse", given, {
      dims = { type = "table" }, steps = { type = "integer", min = 1, default = 11 },
      range = { type = "number", above = 0, default = 3 }, of = {},
    })
    local dims = o.dims and check_dims(self, who, o.dims)
    if not dims then
      dims = {}
      for i = 1, self.latent do dims[i] = i end
    end
    local base, codes = code_of(self, who, o.of, o), {}
    for _, d in ipairs(dims) do
      for _, value in ipairs(spread(-o.range, o.range, o.steps)) do
        local code = table.move(base, 1, #base, 1, {})
        code[d] = value
        codes[#codes + 1] = code
      end
    end
    return self:decode(core.tensor(codes), decoding(self, o))
  end

  ---@class aelua.ManifoldOptions
  ---@field dims? integer[] two dimensions of the code, default { 1, 2 }
  ---@field steps? integer default 20
  ---@field range? number from -range to range, default 3
  ---@field of? any one sample, whose code the other dimensions keep; default: the prior's mean, 0
  ---@field batch_size? integer default 256

  --- A plane of two dimensions of the code, row after row: the first dimension grows
  --- to the right, the second upwards.
  ---   ae.image.grid(vae:manifold { steps = 20 }, { columns = 20 })
  ---@param given? aelua.ManifoldOptions
  ---@return aelua.Tensor [steps * steps, ...]
  function VariationalModel:manifold(given)
    local who, o = check_walk(self, "manifold", given, {
      dims = { type = "table" }, steps = { type = "integer", min = 1, default = 20 },
      range = { type = "number", above = 0, default = 3 }, of = {},
    })
    local dims = check_dims(self, who, o.dims or { 1, 2 })
    errors.check(#dims == 2 and dims[1] ~= dims[2], "invalid", "%s: dims wants two different dimensions, got { %s }", who,
      table.concat(dims, ", "))
    local base, codes = code_of(self, who, o.of, o), {}
    for _, up in ipairs(spread(o.range, -o.range, o.steps)) do
      for _, right in ipairs(spread(-o.range, o.range, o.steps)) do
        local code = table.move(base, 1, #base, 1, {})
        code[dims[1]], code[dims[2]] = right, up
        codes[#codes + 1] = code
      end
    end
    return self:decode(core.tensor(codes), decoding(self, o))
  end

  ---@class aelua.InterpolateOptions
  ---@field steps? integer results of each pair, both ends included, default 10
  ---@field kind? "linear"|"spherical" along a line, or a great circle about 0; default "linear"
  ---@field batch_size? integer default 256

  --- The way from samples to others, through their codes.
  ---@param from any one sample [...], or a data set or tensor [N, ...]
  ---@param to any as many
  ---@param given? aelua.InterpolateOptions
  ---@return aelua.Tensor [N * steps, ...] a pair after the other
  function VariationalModel:interpolate(from, to, given)
    local who, o = check_walk(self, "interpolate", given, {
      steps = { type = "integer", min = 2, default = 10 },
      kind = { type = "string", default = "linear", choices = { "linear", "spherical" } },
    })
    local function codes_of(data)
      return self:encode(is_single(self, data) and ops.unsqueeze(data, 1) or data, decoding(self, o)):totable()
    end
    local first, last, codes = codes_of(from), codes_of(to), {}
    errors.check(#first == #last, "shape", "%s wants as many samples at both ends, got %d and %d", who, #first, #last)
    local between = o.kind == "linear" and linear or spherical
    for i = 1, #first do
      for _, t in ipairs(spread(0, 1, o.steps)) do codes[#codes + 1] = between(first[i], last[i], t) end
    end
    return self:decode(core.tensor(codes), decoding(self, o))
  end
end
