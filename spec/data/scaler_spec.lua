local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

local data = ae.data

local function near(wanted, t, tolerance)
  local flat = t:reshape(-1):totable()
  for i, value in ipairs(wanted) do assert.near(value, flat[i], tolerance or 1e-5) end
  assert.equal(#wanted, #flat)
end

describe("scalers", function()
  local samples = ae.tensor { { 1, 10, 5 }, { 2, 30, 5 }, { 3, 20, 5 }, { 2, 20, 5 } }

  it("to a range", function()
    local scaler = data.MinMaxScaler():fit(samples)
    near({ 0, 0, 0, 0.5, 1, 0, 1, 0.5, 0, 0.5, 0.5, 0 }, scaler:transform(samples))
    near({ 1, 10, 5, 2, 30, 5, 3, 20, 5, 2, 20, 5 }, scaler:inverse(scaler:transform(samples)))
    near({ 1.5, 1.5, 2 }, scaler:transform(ae.tensor { { 4, 40, 7 } }))
    local wide = data.MinMaxScaler({ low = -1, high = 3 }):fit(samples)
    near({ -1, 3, -1 }, wide:transform(ae.tensor { { 1, 30, 5 } }))
    near({ 1, 30, 5 }, wide:inverse(wide:transform(ae.tensor { { 1, 30, 5 } })))
    near({ 0, 1, 4 / 29 }, data.MinMaxScaler({ per_feature = false }):fit(samples):transform(ae.tensor { { 1, 30, 5 } }))
  end)

  it("keep to the range exactly", function()
    local x = ae.rand({ 500, 7 }, { low = -3, high = 9 })
    local y = data.MinMaxScaler():fit(x):transform(x)
    assert.equal(0, y:min():item())
    assert.equal(1, y:max():item())
  end)

  it("to mean 0 and standard deviation 1", function()
    local scaler = data.StandardScaler():fit(samples)
    near({ 2, 20, 5 }, scaler.shift)
    near({ math.sqrt(0.5), math.sqrt(50), 1 }, scaler.scale)
    near({ 0, math.sqrt(2), 0 }, scaler:transform(ae.tensor { { 2, 30, 5 } }))
    near({ 2, 30, 5 }, scaler:inverse(scaler:transform(ae.tensor { { 2, 30, 5 } })))
  end)

  it("over many batches, with a large mean", function()
    local x = ae.randn({ 5000, 3 }) + 1000
    local scaler = data.StandardScaler():fit(data.tensors(x):shuffle { seed = 1 })
    local y = scaler:transform(x)
    near({ 0, 0, 0 }, y:mean(1), 2e-3)
    near({ 1, 1, 1 }, y:std(1), 2e-3)
    local one = data.StandardScaler({ per_feature = false }):fit(x)
    assert.equal(0, one.shift.ndim)
    assert.near(1000, one.shift:item(), 0.1)
  end)

  it("of bytes scale k/255", function()
    local bytes = ae.tensor({ { 0 }, { 255 }, { 51 } }, { dtype = "u8" })
    near({ 0, 1, 0.2 }, data.MinMaxScaler():fit(data.tensors(bytes)):transform(bytes))
    near({ 0.4 }, data.StandardScaler():fit(bytes).shift)
  end)

  it("refuse samples that are not finite", function()
    for _, class in ipairs { ae.data.MinMaxScaler, ae.data.StandardScaler } do
      for _, bad in ipairs { 0 / 0, math.huge } do
        local scaler = class()
        local ok, failure = pcall(scaler.fit, scaler, ae.tensor { { 1, 2 }, { 3, bad } })
        assert.is_false(ok)
        assert.matches("numbers that are not finite", failure.message)
        assert.is_nil(scaler.shift)
      end
    end
  end)

  it("scale the batches of a data set", function()
    local set = data.tensors(samples, { labels = { 1, 2, 1, 2 } })
    local scaled = data.StandardScaler():fit(set):transform(set)
    assert.same({ "1", "2" }, scaled.classes)
    near({ 0, 0, 0 }, scaled:tensor():mean(1))
    for batch in scaled:batches { size = 2 } do assert.same({ 2, 3 }, batch.input.shape) end
  end)

  it("come back from what a file keeps", function()
    for _, given in ipairs {
      data.MinMaxScaler { low = -2, high = 5 }, data.StandardScaler(), data.StandardScaler { per_feature = false },
      data.MinMaxScaler { per_feature = false },
    } do
      local scaler = given:fit(samples)
      local back = data.scaler.from_config(core.json.decode(core.json.encode(scaler:config())))
      assert.equal(scaler.class_name, back.class_name)
      files.same(scaler:transform(samples), back:transform(samples))
      files.same(scaler:inverse(samples), back:inverse(samples))
    end
  end)

  it("refuse what does not fit", function()
    local scaler = data.StandardScaler()
    files.refuses("state", "StandardScaler:transform: fit comes first", scaler.transform, scaler, samples)
    files.refuses("state", "StandardScaler:inverse: fit comes first", scaler.inverse, scaler, samples)
    files.refuses("state", "StandardScaler:config: fit comes first", scaler.config, scaler)
    files.refuses("type", "fit wants a data set or a tensor, got nil", scaler.fit, scaler)
    files.refuses("shape", "fit wants samples", scaler.fit, scaler, ae.zeros(0, 3))
    files.refuses("invalid", "the data set is empty", scaler.fit, scaler, data.tensors(samples):take(0))
    files.refuses("unsupported", "named inputs", scaler.fit, scaler, data.dataset { a = samples })
    scaler:fit(samples)
    files.refuses("shape", "fitted to samples [3], got [2, 4]", scaler.transform, scaler, ae.zeros(2, 4))
    files.refuses("invalid", "low wants to be below high", data.MinMaxScaler, { low = 1, high = 1 })
    files.refuses("invalid", "no option 'hihg'; did you mean 'high'?", data.MinMaxScaler, { hihg = 1 })
  end)

  it("refuse configurations that are none", function()
    local from = data.scaler.from_config
    local good = data.StandardScaler():fit(samples):config()
    local function with(key, value)
      local config = {}
      for name, one in pairs(good) do config[name] = one end
      config[key] = value
      return config
    end
    files.refuses("format", "unknown kind 'nil'", from, {})
    files.refuses("format", "unknown kind 'os'", from, with("kind", "os"))
    files.refuses("format", "wants shape, shift, scale and offset", from, with("shift", 3))
    files.refuses("format", "2 numbers for samples [3]", from, with("shift", { 1, 2 }))
    files.refuses("format", "lists of numbers", from, with("scale", { 1, 2, "3" }))
    files.refuses("invalid", "shape", from, with("shape", { -1 }))
  end)
end)
