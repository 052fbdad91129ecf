local ae = require "aelua"

local function convolve()
  ae.seed(3)
  local x, w = ae.randn(4, 10, 10, 3), ae.randn(3, 3, 3, 8)
  return ae.conv2d(x:require_grad(), w:require_grad(), nil, { padding = "same", activation = "relu" }), x, w
end

local function choices()
  local ways, measured = {}, 0
  for _, choice in ipairs(ae.kernels().convolutions) do
    ways[choice.direction] = choice.way
    if choice.ms then measured = measured + 1 end
  end
  return ways, measured
end

describe("tune", function()
  after_each(function() ae.tune "table" end)

  it("names a way for all that it serves", function()
    ae.tune "tiles"
    local y = convolve()
    y:sum():backward()
    assert.same({ forward = "tiles", data = "tiles", weights = "tiles" }, (choices()))
    ae.tune "table"
    assert.same({}, (choices()))
    local z = convolve()
    z:sum():backward()
    local ways, measured = choices()
    assert.equal("direct", ways.forward)
    assert.equal(0, measured)
    assert.is_true((y - z):abs():max():item() < 1e-4)
  end)

  it("names all ways where it is told another name", function()
    local failure = select(2, pcall(ae.tune, "slow"))
    assert.equal("invalid", failure.code)
    assert.equal('tune: wants a function, "table", "direct", "tiles", "depthwise", "onednn" or "amx", got "slow"',
      failure.message)
  end)

  it("leaves what a way does not serve to the table", function()
    ae.tune "depthwise"
    convolve()
    assert.equal("direct", (choices()).forward)
  end)

  it("measures what a function computes, and says it", function()
    ae.tune "table"
    local plain = convolve()
    ae.tune "table"
    local y, rest = ae.tune(function(...)
      local y, x, w = convolve()
      y:sum():backward()
      assert.is_true(x.grad:isfinite():all():item() == 1 and w.grad:isfinite():all():item() == 1)
      return y, ...
    end, "more")
    assert.equal("more", rest)
    assert.is_true((y - plain):abs():max():item() < 1e-4)
    local ways, measured = choices()
    assert.equal(3, measured)
    for _, choice in ipairs(ae.kernels().convolutions) do
      assert.is_true(choice.ms.direct > 0 and choice.ms.tiles > 0)
      for _, ms in pairs(choice.ms) do assert.is_true(choice.ms[choice.way] <= ms) end
      assert.same({ 4, 10, 10, 3 }, choice.input)
      assert.same({ 3, 3, 3, 8 }, choice.kernel)
    end
    convolve()
    assert.same(ways, (choices()))
  end)

  it("ends with the function, whatever happens in it", function()
    local ok, failure = pcall(ae.tune, function() error "no" end)
    assert.is_false(ok)
    assert.matches("no", failure)
    convolve()
    assert.equal(0, (select(2, choices())))
  end)

  it("goes on measuring after another inside it", function()
    ae.tune(function()
      ae.tune(function() end)
      convolve()
    end)
    assert.equal(1, (select(2, choices())))
  end)

  it("wants a function or a name that there is", function()
    for _, wrong in ipairs { "fast", 3 } do
      local ok, failure = pcall(ae.tune, wrong)
      assert.is_false(ok)
      assert.matches("tune:? wants a function", failure.message)
    end
  end)
end)
