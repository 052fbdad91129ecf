local ae = require "aelua"
local conv = require "spec.support.conv"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

local function filled(shape, value) return ae.full(shape, value) end

describe("conv2d", function()
  local x = { { { { 1 }, { 2 }, { 3 } }, { { 4 }, { 5 }, { 6 } }, { { 7 }, { 8 }, { 9 } } } } -- [1,3,3,1]
  local square = { { { { 1 } }, { { 10 } } }, { { { 100 } }, { { 1000 } } } } -- [2,2,1,1]
  op.values("conv2d", {
    { x, square, gives = { { { { 5421 }, { 6532 } }, { { 8754 }, { 9865 } } } }, name = "the kernel is not flipped" },
    { x, square, attrs = { padding = "same" }, name = "the odd row and column of same are at the end",
      gives = { { { { 5421 }, { 6532 }, { 603 } }, { { 8754 }, { 9865 }, { 906 } }, { { 87 }, { 98 }, { 9 } } } } },
    { x, square, attrs = { padding = { 1, 0, 1, 0 } }, name = "four sides",
      gives = { { { { 1000 }, { 2100 }, { 3200 } }, { { 4010 }, { 5421 }, { 6532 } }, { { 7040 }, { 8754 }, { 9865 } } } } },
    { x, square, { 0.5 }, attrs = { stride = 2, padding = "same" },
      gives = { { { { 5421.5 }, { 603.5 } }, { { 87.5 }, { 9.5 } } } } },
    { x, square, attrs = { dilation = 2 }, gives = { { { { 9731 } } } } },
    { filled({ 1, 2, 2, 2 }, 1), { { { { -1, 2 }, { -2, 4 } } } }, { 1, 0 }, attrs = { activation = "relu" },
      gives = { { { { 0, 6 }, { 0, 6 } }, { { 0, 6 }, { 0, 6 } } } } },
  })
  op.fixtures("conv2d", "conv", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-5 })

  local options = { around = conv.each_way, ulps = 32, grad_ulps = 128 }
  op.random("conv2d", options, conv.cases("conv2d", 2, false, 40))
  op.random("conv2d", options, {
    { { 0, 4, 4, 3 }, { 3, 3, 3, 2 }, { 2 } }, { { 2, 4, 4, 3 }, { 3, 3, 3, 0 }, { 0 } },
    { { 1, 3, 3, 0 }, { 2, 2, 0, 5 }, { 5 } }, { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1 } },
    { { 1, 2, 2, 1 }, { 3, 3, 1, 5 }, attrs = { padding = 4 } },
  })
  for _, activation in ipairs { "relu", "gelu", "tanh", "softmax" } do
    op.random("conv2d", {
      around = conv.each_way, ulps = 64, low = -1, high = 1, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 },
    }, {
      { { 1, 4, 3, 2 }, { 3, 3, 2, 5 }, { 5 }, attrs = { padding = "same", activation = activation } },
      { { 1, 4, 3, 2 }, { 3, 3, 2, 3 }, attrs = { padding = "same", activation = activation } },
      { { 1, 4, 3, 2 }, { 3, 3, 1, 2 }, { 2 }, attrs = { padding = "same", groups = 2, activation = activation } },
    })
  end
  op.random("conv2d", { around = conv.each_way, ulps = 256, grad_ulps = 1024 }, {
    { { 9, 28, 28, 1 }, { 3, 3, 1, 32 }, { 32 }, attrs = { padding = "same" }, large = true },
    { { 5, 14, 14, 32 }, { 3, 3, 32, 40 }, { 40 }, attrs = { padding = "same", stride = 2 }, large = true },
    { { 5, 14, 15, 32 }, { 3, 3, 32, 1 }, { 1 }, attrs = { padding = "same", activation = "sigmoid" }, large = true },
    { { 3, 14, 15, 70 }, { 3, 3, 1, 70 }, { 70 }, attrs = { padding = "same", groups = 70 }, large = true },
    { { 3, 17, 15, 64 }, { 1, 1, 64, 30 }, attrs = {}, large = true },
    { { 1, 40, 40, 8 }, { 5, 3, 4, 6 }, { 6 }, attrs = { groups = 2, dilation = { 1, 2 }, padding = 3 }, large = true },
  })

  op.refuses("conv2d", {
    { { { 1, 2 } }, square, code = "shape", says = { "conv2d: x wants 4 dimensions [N,H,W,C], got [1, 2]", "reshape" } },
    { x, { 1 }, code = "shape", says = "conv2d: w wants 4 dimensions [R,S,C/groups,K], got [1]" },
    { x, filled({ 2, 2, 3, 1 }, 0), code = "shape",
      says = "conv2d: w wants 1 input channels, as x [1, 3, 3, 1] has them, got 3 in [2, 2, 3, 1]" },
    { x, square, { 1, 2 }, code = "shape", says = "conv2d: b wants shape [1], got [2]" },
    { x, filled({ 4, 2, 1, 1 }, 0), code = "shape",
      says = "conv2d: the kernel covers 4 rows (4 taps, dilation 1), x [1, 3, 3, 1] has 3 with padding 0 + 0" },
    { x, square, attrs = { dilation = { 1, 4 }, padding = { 0, 0, 1, 0 } }, code = "shape",
      says = { "covers 5 columns", "has 4 with padding 1 + 0" } },
    { filled({ 1, 3, 3, 4 }, 0), filled({ 1, 1, 1, 6 }, 0), attrs = { groups = 3 }, code = "shape",
      says = "conv2d: 3 groups do not divide the 4 channels of x [1, 3, 3, 4]" },
    { filled({ 1, 3, 3, 4 }, 0), filled({ 1, 1, 2, 3 }, 0), attrs = { groups = 2 }, code = "shape",
      says = "conv2d: 2 groups do not divide the 3 output channels of w [1, 1, 2, 3]" },
    { x, square, attrs = { groups = 0 }, code = "invalid", says = "conv2d: groups wants at least 1, got 0" },
    { x, square, attrs = { stride = 0 }, code = "invalid", says = "conv2d: stride wants 1 to 2147483647, got 0" },
    { x, square, attrs = { stride = { 1, 1, 1 } }, code = "invalid", says = "stride wants 1 number or 2, got 3" },
    { x, square, attrs = { dilation = -1 }, code = "invalid", says = "dilation wants 1 to" },
    { x, square, attrs = { padding = { 1, 2, 3 } }, code = "invalid", says = { "conv2d: padding wants", "got 3 numbers" } },
    { x, square, attrs = { padding = -1 }, code = "invalid", says = "conv2d: padding wants 0 to 2147483647, got -1" },
    { x, square, attrs = { padding = "smae" }, code = "invalid", says = "same" },
    { x, square, attrs = { padding = 2147483647 }, code = "overflow", says = "conv2d" },
    { x, square, attrs = { slope = -1 }, code = "invalid", says = "slope must be at least 0" },
    { x, square, attrs = { alpha = 0 / 0 }, code = "invalid", says = "alpha must be at least 0" },
    { filled({ 1, 0, 3, 1 }, 0), square, code = "shape", says = "covers 2 rows" },
    { x, filled({ 0, 2, 1, 1 }, 0), code = "shape", says = "conv2d: w wants a kernel of at least 1, got [0, 2, 1, 1]" },
    { op.u8 { { { { 1 } } } }, square, code = "type", says = { "conv2d: x wants f", "ae.scaled" } },
  })

  it("writes gradients only where they are wanted", function()
    local input, w, b = ae.ones(1, 3, 3, 2), ae.ones(2, 2, 2, 5):require_grad(true), ae.ones(5)
    ae.conv2d(input, w, b):sum():backward()
    assert.is_nil(input.grad)
    assert.is_nil(b.grad)
    assert.are.equal(4, w.grad:max():item())
  end)

  it("gives the same bits again, and close ones on other numbers of threads", function()
    local before = core.threads()
    finally(function() core.threads(before) end)
    for _, sizes in ipairs { { 32, 24, 1 }, { 32, 3, 1 }, { 24, 24, 24 }, { 24, 12, 3 } } do
      local C, K, groups = table.unpack(sizes)
      ae.seed(1)
      local input = ae.randn(3, 20, 21, C):require_grad(true)
      local w, b = ae.randn(3, 3, C // groups, K):require_grad(true), ae.randn(K):require_grad(true)
      local function run(threads)
        core.threads(threads)
        for _, t in ipairs { input, w, b } do t:zero_grad() end
        local y = ae.conv2d(input, w, b, { padding = "same", activation = "tanh", groups = groups })
        y:backward(ae.full(y.shape, 0.25))
        return { y, input.grad:clone(), w.grad:clone(), b.grad:clone() }
      end
      local one, three, again = run(1), run(3), run(3)
      for i = 1, 4 do
        assert.are.equal(0, (three[i] - again[i]):abs():max():item())
        local scale = one[i]:abs():max():item()
        assert.is_true((one[i] - three[i]):abs():max():item() <= 1e-4 * scale)
      end
    end
  end)

  describe("of a parameter without gradients, which may keep it packed,", function()
    local function apart(a, b) return (a - b):abs():max():item() end
    local ways = {
      copy_ = function(w) w:copy_(ae.randn(w.shape)) end,
      assignment = function(w) w[2] = ae.randn(w[2].shape) end,
      ["assignment to a view"] = function(w) w:detach():reshape { 9, 20, 24 }[1] = ae.zeros(20, 24) end,
      fill_ = function(w) w:fill_(0.5) end,
      sgd_step = function(w) core.ops.sgd_step(w, ae.randn(w.shape), nil, 0.1) end,
      adam_step = function(w)
        core.ops.adam_step(w, ae.randn(w.shape), ae.zeros(w.shape), ae.zeros(w.shape), nil, 0.1)
      end,
    }
    for _, name in ipairs { "conv2d", "conv_transpose2d" } do
      for way, change in pairs(ways) do
        it(("sees what %s changes in %s"):format(way, name), function()
          ae.seed(3)
          local input = ae.randn(2, 9, 9, name == "conv2d" and 20 or 24)
          local w = ae.randn(3, 3, 20, 24):require_grad()
          local function run(t) return ae.no_grad(ae[name], input, t, nil, { padding = "same" }) end
          local before = run(w)
          assert.equal(0, apart(before, run(w)))
          ae.no_grad(change, w)
          local after = run(w)
          assert.is_true(apart(before, after) > 0.1)
          assert.equal(0, apart(after, run(w:detach():clone())))
        end)
      end
    end
  end)

  it("sees gradients as they are, though their memory is used again", function()
    ae.seed(1)
    local probe, held, worst = ae.randn(1, 6, 6, 4), nil, 0
    local function compare(g) worst = math.max(worst, (ae.conv2d(probe, g) - ae.conv2d(probe, g:clone())):abs():max():item()) end
    local function passing(seen)
      return ae.Function { forward = function(_, t) return t * 1 end, backward = function(_, g) seen(g) return g end }
    end
    local leaf, z = ae.randn(3, 3, 4, 8):require_grad(), ae.randn(1):require_grad()
    local inner = ae.tanh(passing(compare)(leaf))
    local freed = passing(function() held:free() end)(z)
    local outer = passing(function(g) compare(g) held = g end)(inner)
    ;((outer * ae.randn(3, 3, 4, 8)):sum() + freed:sum()):backward()
    assert.equal(0, worst)
  end)

  it("takes its attributes in order", function()
    local y = ae.conv2d(ae.ones(1, 5, 5, 1), ae.ones(3, 3, 1, 2), nil, 2, "same")
    assert.are.same({ 1, 3, 3, 2 }, y.shape)
    values.assert_values(y[1][2][2], { 9, 9 }, { 2 })
    assert.are.same({ 1, 4, 3, 2 }, ae.conv2d(ae.ones(1, 5, 5, 1), ae.ones(3, 3, 1, 2), nil, { 2, 2 }, { 2, 1 }).shape)
  end)
end)
