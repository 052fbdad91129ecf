local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function i32(list) return ae.tensor(list, { dtype = "i32" }) end

local function conditional(given)
  local o = {
    input = { 2, 2, 1 }, latent = 2, classes = 3, encoder = nn.Sequential { nn.Flatten(), nn.Dense(8, "relu") },
    decoder = nn.Sequential { nn.Dense(8, "relu"), nn.Dense { 2, 2, 1 } },
  }
  for key, value in pairs(given or {}) do o[key] = value end
  return ae.ConditionalVAE(o)
end

-- Class 1 is black, 2 grey, 3 white.
local function labelled(n)
  local labels = ae.randint({ n }, 1, 3)
  local levels = (labels:to(ae.real) - 1) * 0.5
  return ae.data.Dataset { input = levels:reshape { n, 1, 1, 1 }:expand { n, 2, 2, 1 }:clone(), labels = labels,
    classes = { "black", "grey", "white" } }
end

describe("ConditionalVAE", function()
  before_each(function() ae.seed(18) end)

  it("learns to draw what it is told", function()
    local model = conditional()
    model:fit(labelled(192), { epochs = 40, batch_size = 32, verbose = 0, optimizer = ae.optim.Adam { lr = 0.02 } })
    local black, white = model:sample(20, { labels = 1 }):mean():item(), model:sample(20, { labels = 3 }):mean():item()
    assert.is_true(black < 0.2 and white > 0.8, ("%g and %g"):format(black, white))
  end)

  it("takes labels from the data set, or as an option", function()
    local model, set = conditional(), labelled(7)
    local x, labels = set:tensor(), set:labels()
    support.near(model:encode(set):totable(), model:encode(x, { labels = labels }))
    support.near(model:encode(set, { batch_size = 2 }):totable(), model:encode(x, { labels = labels:totable() }))
    support.near(model:reconstruct(set):totable(), model:reconstruct(x, { labels = labels, batch_size = 3 }))
    local z = ae.randn(4, 2)
    local condition = i32({ 2, 2, 2, 2 }):one_hot(3)
    support.near(model.decoder:forward(ae.concat({ z, condition }, 2)):sigmoid():totable(), model:decode(z, { labels = 2 }))
    assert.same({ 22, 2, 2, 1 }, model:traverse({ labels = 3 }).shape)
    assert.matches("posterior: Variational 2 +%[2%] +48", model:summary()) -- 2 ((8 + 3) 2 + 2)
  end)

  it("refuses labels that are missing, too many, or outside its classes", function()
    local model = conditional()
    local x = ae.rand(4, 2, 2, 1)
    raises("ConditionalVAE:fit wants a data set with labels", model.fit, model, x, { verbose = 0 })
    raises("ConditionalVAE wants labels: a data set that has some, or the option labels", model.encode, model, x)
    raises("ConditionalVAE wants labels", model.sample, model, 3)
    raises("labels want classes 1 to 3, got 4", model.sample, model, 3, { labels = 4 })
    raises("labels want classes 1 to 3, got 0", model.encode, model, x, { labels = { 1, 2, 0, 1 } })
    raises("labels wants one for each sample, %[4%], got %[2%]", model.encode, model, x, { labels = { 1, 2 } })
    raises("labels beside a data set, which has its own", model.encode, model, labelled(4), { labels = 1 })
    local many = ae.data.tensors(x, { labels = { 1, 2, 3, 4 } })
    raises("ConditionalVAE:fit: the data has 4 classes, the model 3", model.fit, model, many, { verbose = 0 })
    raises("a prior of pseudo%-inputs has no classes for them", conditional, { prior = "vamp" })
    raises("ConditionalVAE wants the option 'classes'", ae.ConditionalVAE, {
      input = { 2 }, latent = 1, encoder = nn.Dense(2), decoder = nn.Dense(2),
    })
  end)
end)
