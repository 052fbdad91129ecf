local ae = require "aelua"

local function share(mask) return mask:mean():item() end

describe("noise", function()
  local x
  before_each(function()
    ae.seed(5)
    x = ae.full({ 100, 100 }, 0.5)
  end)

  it("gaussian: zero mean, the standard deviation asked for, clipped to 0..1", function()
    local raw = ae.noise.gaussian(0.2, { clip = false })(x) - x
    assert.near(0, raw:mean():item(), 0.01)
    assert.near(0.2, raw:std():item(), 0.01)
    local clipped = ae.noise.gaussian(2)(x)
    assert.equal(0, clipped:min():item())
    assert.equal(1, clipped:max():item())
  end)

  it("speckle: scales with the input", function()
    assert.near(0.5 * 0.1, (ae.noise.speckle(0.1, { clip = false })(x) - x):std():item(), 0.005)
    assert.equal(0, ae.noise.speckle(0.1)(ae.zeros(3, 3)):sum():item())
  end)

  it("masking: the share asked for is 0, the rest is as it was", function()
    local y = ae.noise.masking(0.3)(x)
    assert.near(0.3, share(y:eq(0)), 0.02)
    assert.near(0.7, share(y:eq(0.5)), 0.02)
  end)

  it("salt and pepper: half the share each", function()
    local y = ae.noise.salt_pepper(0.4)(x)
    assert.near(0.2, share(y:eq(0)), 0.02)
    assert.near(0.2, share(y:eq(1)), 0.02)
    assert.near(0.6, share(y:eq(0.5)), 0.02)
  end)

  it("draws anew at each call, and the same for the same seed", function()
    local noise = ae.noise.gaussian(0.1)
    local first, second = noise(x), noise(x)
    assert.is_true((first - second):abs():max():item() > 0)
    ae.seed(5)
    assert.equal(0, (noise(x) - first):abs():max():item())
  end)

  it("travels as a table", function()
    local again = ae.noise.from_config(ae.noise.masking(0.25):config())
    assert.same({ kind = "masking", amount = 0.25, clip = false }, again:config())
  end)

  it("refuses amounts out of range and kinds it does not have", function()
    assert.has_error(function() ae.noise.masking(1.5) end)
    assert.has_error(function() ae.noise.gaussian(-1) end)
    assert.has_error(function() ae.noise.gaussian("much") end)
    assert.has_error(function() ae.noise.gaussian(0.1, { clp = false }) end)
    assert.has_error(function() ae.noise.masking(0.1, { clip = false }) end)
    assert.is_false(ae.noise.speckle(0.1, { clip = false }).clip)
    local ok, failure = pcall(ae.noise.from_config, { kind = "maskin", amount = 1 })
    assert.is_false(ok)
    assert.matches("did you mean 'masking'", failure.message)
    assert.has_error(function() ae.noise.from_config { kind = "gaussian", amount = 1, clip = 1 } end)
  end)
end)
