local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("nn.Variational with a flow", function()
  before_each(function() ae.seed(61) end)

  local function layer_of(flow, more)
    local given = { flow = flow }
    for key, value in pairs(more or {}) do given[key] = value end
    local layer = nn.Variational(2, given)
    layer:build { 3 }
    return layer
  end

  for _, flow in ipairs { "householder", { "householder", steps = 2 }, { "iaf", steps = 2, hidden = 8 } } do
    it("gives a distribution whose density is that of its values: " .. (type(flow) == "table" and flow[1] or flow), function()
      local q = layer_of(flow):forward(ae.randn(1, 3))
      -- The density over a fine grid adds up to 1, and has the samples' mean.
      local side, half = 240, 9
      local axis = ae.linspace(-half, half, side)
      local grid = ae.stack({ axis:unsqueeze(2):tile { 1, side }, axis:unsqueeze(1):tile { side, 1 } }, 3):reshape { -1, 1, 2 }
      local density = ae.no_grad(function() return q:log_prob(grid):exp() * (2 * half / (side - 1)) ^ 2 end)
      assert.near(1, density:sum():item(), 5e-3)
      local mean = (density * grid:reshape { -1, 2 }):sum(1):totable()
      local drawn = q:sample(20000):mean(1):reshape({ 2 }):totable()
      for d = 1, 2 do assert.near(mean[d], drawn[d], 0.06) end
    end)
  end

  it("knows the density of codes that it drew without undoing the flow", function()
    local layer = layer_of { "iaf", hidden = 8 }
    local q = layer:forward(ae.randn(4, 3))
    for _, count in ipairs { false, 6 } do
      local z = q:sample(count or nil)
      local known, undone = q:log_prob(z), q:log_prob(z:clone())
      local most = (known - undone):abs():max():item()
      assert.is_true(most < (ae.real == "f64" and 1e-9 or 1e-3), most)
    end
    function layer.flow:inverse() error "undone" end
    local z = q:sample()
    assert.equal(4, #q:log_prob(z))
    raises("undone", q.log_prob, q, z:clone())
  end)

  it("measures its divergence at the codes drawn, with the determinant", function()
    local layer = layer_of({ "iaf", hidden = 8 }, { prior = { "mixture", components = 3 } })
    local q = layer:forward(ae.randn(4, 3))
    local z = q:sample()
    local from, determinant = layer.flow:inverse(z:detach(), q.features)
    local wanted = q.start:log_prob(from) - determinant - layer.prior:distribution():log_prob(z)
    local most = (wanted - q:kl()):abs():max():item()
    assert.is_true(most < 2e-3, most)
    q:kl():sum():backward()
    for name, p in layer:named_parameters() do assert.is_truthy(p.grad, name) end
  end)

  it("has the closed form where codes are as long as what they were made of", function()
    local q = layer_of("householder"):forward(ae.randn(3, 3))
    support.near(q.start:kl():totable(), q:kl())
    local many = q:kl(nil, { samples = 20000 }):totable()
    for i, value in ipairs(q:kl():totable()) do assert.near(value, many[i], 0.05 + 0.02 * value) end
  end)

  it("makes the code of an input by the mean, and gives some of the distributions", function()
    local layer = layer_of "householder"
    local q = layer:forward(ae.randn(3, 3))
    support.near(q:mean():totable(), (layer.flow:forward(q.start:mean(), q.features)))
    local one = q:at(ae.tensor({ 3, 1 }, { dtype = "i32" }))
    local mean = q:mean():totable()
    support.near({ mean[3], mean[1] }, one:mean())
  end)

  it("comes back from its description", function()
    for _, flow in ipairs { "householder", { "iaf", steps = 3, hidden = { 4, 5 }, activation = "elu" } } do
      local layer = layer_of(flow)
      local again = nn.from_config(nn.describe(layer))
      again:build { 3 }
      again:load_state_dict(layer:state_dict())
      assert.equal(layer:label(), again:label())
      local x = ae.randn(2, 3)
      local function drawn(from)
        ae.seed(2)
        local q = from:forward(x)
        return { q:sample():totable(), q:kl():totable() }
      end
      assert.same(drawn(layer), drawn(again))
    end
  end)

  it("refuses what does not go with it", function()
    raises("free_bits wants codes whose dimensions are apart, which HouseholderFlow's are not", nn.Variational, 2,
      { flow = "householder", free_bits = 1 })
    raises("flow wants a prior that is not made of posteriors, got VampPrior", nn.Variational, 2,
      { flow = "iaf", prior = "vamp" })
    raises("flow wants string or table, got 3", nn.Variational, 2, { flow = 3 })
    raises("HouseholderFlow has no option 'step'; did you mean 'steps'", nn.Variational, 2,
      { flow = { "householder", step = 3 } })
  end)
end)
