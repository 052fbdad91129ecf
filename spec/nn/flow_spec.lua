-- What all flows are held to: determinants and inverses against derivatives by differences, gradients, descriptions; and what
-- each of them states of itself.
local ae = require "aelua"
local jacobian = require "spec.support.jacobian"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function flow_of(class, given, units, features)
  local flow = nn[class](given)
  flow:build { units, features }
  -- Away from where flows begin, at which they do little.
  ae.no_grad(function()
    for name, p in flow:named_parameters() do
      if name:match "bias$" then p:copy_(p + ae.randn(p.shape) * 0.5) end
    end
  end)
  return flow
end

local flows = {
  { "HouseholderFlow", { steps = 3 } },
  { "InverseAutoregressiveFlow", { steps = 1, hidden = 7, activation = "tanh" } },
  { "InverseAutoregressiveFlow", { steps = 3, hidden = { 9, 6 }, activation = "tanh" } },
}

for i, one in ipairs(flows) do
  local class, given = table.unpack(one)
  describe(("nn.%s (%d)"):format(class, i), function()
    before_each(function() ae.seed(50 + i) end)

    it("states the logarithm of its determinant", function()
      local flow = flow_of(class, given, 4, 3)
      for _ = 1, 3 do
        local h, z = ae.randn(1, 3), ae.randn(1, 4)
        local matrix = jacobian.of(function(x) return (flow:forward(x, h)) end, z)
        local _, stated = flow:forward(z, h)
        assert.near(jacobian.log_determinant(matrix), stated[1]:item(), 4 * jacobian.tolerance)
      end
    end)

    it("is undone by its inverse, one code a sample and many", function()
      local flow = flow_of(class, given, 4, 3)
      local h = ae.randn(5, 3)
      for _, shape in ipairs { { 5, 4 }, { 6, 5, 4 } } do
        local z = ae.randn(shape)
        local codes, determinant = flow:forward(z, h)
        assert.same(shape, codes.shape)
        local back, again = flow:inverse(codes, h)
        local most = (back - z):abs():max():item()
        assert.is_true(most < (ae.real == "f64" and 1e-10 or 2e-3), most)
        assert.is_true((determinant - again):abs():max():item() < (ae.real == "f64" and 1e-10 or 2e-3))
        shape[#shape] = nil
        assert.same(shape, determinant.shape)
      end
    end)

    it("has the gradient", function()
      local flow = flow_of(class, given, 3, 2)
      local function both(z, h)
        local codes, determinant = flow:forward(z, h)
        return codes:sum(-1) + determinant
      end
      assert.is_true((ae.gradcheck(both, ae.randn(2, 3), ae.randn(2, 2))))
      local all = both(ae.randn(4, 3), ae.randn(4, 2)):square():sum()
      all:backward()
      for name, p in flow:named_parameters() do assert.is_truthy(p.grad, name) end
    end)

    it("comes back from its description", function()
      local flow = flow_of(class, given, 3, 2)
      local again = nn.from_config(nn.describe(flow))
      again:build { 3, 2 }
      again:load_state_dict(flow:state_dict())
      local z, h = ae.randn(4, 3), ae.randn(4, 2)
      assert.same((flow:forward(z, h)):totable(), (again:forward(z, h)):totable())
      assert.equal(flow:label(), again:label())
      raises("was made for codes of 3 numbers from 2 features, got 4 from 2", again.build, again, { 4, 2 })
    end)
  end)
end

describe("nn.HouseholderFlow", function()
  it("reflects as its definition says, and keeps lengths", function()
    ae.seed(4)
    local flow = flow_of("HouseholderFlow", { steps = 2 }, 3, 2)
    local h, z = ae.randn(1, 2), ae.randn(1, 3)
    local wanted, v = z:reshape { 3, 1 }, h
    for _, layer in ipairs(flow.vectors) do
      v = v:matmul(layer.weight) + layer.bias
      local column = v:reshape { 3, 1 }
      local matrix = ae.eye(3) - column:matmul(v) * (2 / v:square():sum():item())
      wanted = matrix:matmul(wanted)
    end
    local codes = flow:forward(z, h)
    support.near(wanted:reshape({ 1, 3 }):totable(), codes)
    support.near(z:square():sum():item(), codes:square():sum())
  end)

  it("does nothing where its vectors are 0", function()
    local flow = nn.HouseholderFlow { steps = 2 }
    flow:build { 3, 2 }
    local z = ae.randn(4, 3)
    assert.same(z:totable(), (flow:forward(z, ae.zeros(4, 2))):totable())
  end)
end)

describe("nn.InverseAutoregressiveFlow", function()
  before_each(function() ae.seed(6) end)

  it("makes each number of itself, those before it and the features", function()
    for step = 1, 2 do
      local flow = flow_of("InverseAutoregressiveFlow", { steps = step, hidden = 16, activation = "tanh" }, 4, 3)
      local h = ae.randn(1, 3)
      local matrix = jacobian.of(function(z) return (flow:forward(z, h)) end, ae.randn(1, 4))
      for i = 1, 4 do
        assert.is_true(math.abs(matrix[i][i]) > 1e-3)
        for j = i + 1, 4 do
          -- The second step goes backwards: then every number sees every other.
          assert.equal(step == 1, matrix[i][j] == 0, ("%d, %d after %d"):format(i, j, step))
        end
      end
      local z = ae.randn(1, 4)
      local of_features = jacobian.of(function(x) return (flow:forward(z, x)) end, h)
      for i = 1, 4 do assert.is_true(math.abs(of_features[i][1]) > 1e-5, "number " .. i) end
    end
  end)

  it("is there for codes of one number", function()
    local flow = flow_of("InverseAutoregressiveFlow", { hidden = 5 }, 1, 2)
    local codes = flow:forward(ae.randn(3, 1), ae.randn(3, 2))
    assert.same({ 3, 1 }, codes.shape)
  end)

  it("refuses what it cannot be", function()
    raises("hidden wants numbers of units from 1 to %d+, got 0", nn.InverseAutoregressiveFlow, { hidden = { 4, 0 } })
    raises("hidden wants one layer or more", nn.InverseAutoregressiveFlow, { hidden = {} })
    raises("steps wants at least 1, got 0", nn.InverseAutoregressiveFlow, { steps = 0 })
    raises("no activation 'rleu'; did you mean 'relu'", nn.InverseAutoregressiveFlow, { activation = "rleu" })
    raises("no flow 'ifa'; did you mean 'iaf'", nn.Variational, 2, { flow = "ifa" })
  end)
end)
