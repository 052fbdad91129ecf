local ae = require "aelua"
local core = require "aelua.core"
local values = require "spec.support.values"

local optim = ae.optim

local function leaf(...) return ae.tensor({ ... }):require_grad() end

-- The message of the error that fn raises, and its code.
local function failure(fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "nothing was raised")
  return tostring(err), type(err) == "table" and err.code
end

local function refuses(code, text, fn, ...)
  local message, got = failure(fn, ...)
  assert.equal(code, got)
  assert(message:find(text, 1, true), message)
end

-- A module as optimisers see one, and one that grows its parameters at the first forward.
local function module(parameters)
  return { parameters = function() return parameters end }
end

describe("optim", function()
  it("reads modules, parameters and groups", function()
    local a, b, c, d = leaf(1), leaf(1), leaf(1), leaf(1)
    local opt = optim.SGD { module { a }, b, { module { c }, lr = 0.5 }, { d, l2 = 0.5 }, lr = 0.1 }
    for _, p in ipairs { a, b, c, d } do (p * 1):sum():backward() end
    opt:step()
    assert.near(0.9, a[1]:item(), 1e-6)
    assert.near(0.9, b[1]:item(), 1e-6)
    assert.near(0.5, c[1]:item(), 1e-6)
    assert.near(0.8, d[1]:item(), 1e-6) -- l2 adds 2 * 0.5 * w
  end)

  it("minimises, with every class", function()
    local lr = { sgd = 0.1, adam = 0.1, adamw = 0.1, nadam = 0.1, rmsprop = 0.02, adagrad = 0.5 }
    for name, rate in pairs(lr) do
      local w = leaf(3, -2)
      local opt = optim.by_name(name) { w, lr = rate, weight_decay = name == "adamw" and 0 or nil }
      for _ = 1, 300 do
        opt:zero_grad();
        (w - ae.tensor { 1, 2 }):square():sum():backward()
        opt:step()
      end
      assert.near(1, w[1]:item(), 0.05)
      assert.near(2, w[2]:item(), 0.05)
    end
  end)

  it("asks modules for their parameters at the first step", function()
    local parameters = {}
    local opt = optim.SGD { module(parameters), lr = 1 }
    opt:zero_grad()
    refuses("state", "optim.SGD:step: what it trains has no parameters yet", opt.step, opt)
    parameters[1] = leaf(5);
    (parameters[1] * 2):sum():backward()
    opt:step()
    assert.equal(3, parameters[1][1]:item())
  end)

  it("counts a parameter of two modules once", function()
    local w = leaf(1)
    local opt = optim.SGD { module { w }, module { w }, w, lr = 1 };
    (w * 0.5):sum():backward()
    opt:step()
    assert.equal(0.5, w[1]:item())
    refuses("invalid", "is in groups 1 and 2", function() optim.SGD({ { w }, { w } }):step() end)
  end)

  it("leaves frozen parameters and those without a gradient alone", function()
    local a, b, c = leaf(1, 1, 1), leaf(1), leaf(1, 1)
    local opt = optim.Adam { a, b, c, lr = 0.1, l2 = 1 }
    local function step(which)
      opt:zero_grad()
      for _, p in ipairs(which) do (p * 1):sum():backward() end
      opt:step()
    end
    step { a, c }
    assert.equal(1, b[1]:item())
    assert.near(0.9, a[3]:item(), 1e-6)
    assert.near(0.9, c[1]:item(), 1e-6)
    b:require_grad(false)
    step { a }
    assert.equal(1, b[1]:item())
    assert.near(0.9, c[1]:item(), 1e-6)
    b:require_grad()
    step { b }
    assert.near(0.9, b[1]:item(), 1e-6) -- its own first step
    opt:zero_grad()
    opt:step() -- nobody has one
    assert.near(0.9, b[1]:item(), 1e-6)
  end)

  it("keeps gradients apart that come in over several backwards", function()
    local w = leaf(1)
    local opt = optim.SGD { w, lr = 1 }
    for _ = 1, 2 do
      opt:zero_grad();
      (w * 2):sum():backward();
      (w * 3):sum():backward()
      assert.equal(5, w.grad[1]:item())
      opt:step()
    end
    assert.equal(-9, w[1]:item())
  end)

  it("shares parameters with another optimiser", function()
    local a, b = leaf(1), leaf(1)
    local first, second = optim.SGD { a, b, lr = 1, momentum = 0.5 }, optim.SGD { b, lr = 1 }
    for _ = 1, 2 do
      for _, opt in ipairs { first, second } do
        opt:zero_grad()
        ;(a + b):sum():backward()
        opt:step()
      end
    end
    assert.near(1 - 1 - 1.5, a[1]:item(), 1e-6)
    assert.near(1 - 1 - 1 - 1.5 - 1, b[1]:item(), 1e-6)
  end)

  it("sees values that are set between steps", function()
    local w = leaf(1)
    local opt = optim.SGD { w, lr = 1 };
    (w * 1):sum():backward()
    opt:step()
    core.no_grad(w.copy_, w, ae.tensor { 10 })
    opt:zero_grad();
    (w * 1):sum():backward()
    opt:step()
    assert.equal(9, w[1]:item())
  end)

  it("trains empty and 0-dimensional parameters", function()
    local empty, number = ae.zeros(0, 3):require_grad(), ae.tensor(2):require_grad()
    local opt = optim.Adam { empty, number, lr = 0.5 };
    (number * 3 + empty:sum()):backward()
    opt:step()
    assert.near(1.5, number:item(), 1e-6)
  end)

  it("scales the gradients of all groups to clip_norm, and says what the norm was", function()
    local a, b = leaf(0), leaf(0)
    local opt = optim.SGD { { a }, { b }, lr = 1, clip_norm = 1 };
    (a * 3 + b * 4):sum():backward()
    opt:step()
    assert.near(5, opt.grad_norm, 1e-5)
    assert.near(-0.6, a[1]:item(), 1e-6)
    assert.near(-0.8, b[1]:item(), 1e-6)
  end)

  it("changes nothing where the norm is not finite", function()
    local a = leaf(1)
    local opt = optim.SGD { a, lr = 1, clip_norm = 1 };
    (a * (0 / 0)):sum():backward()
    refuses("state", "optim.SGD:step: the gradients' norm is", opt.step, opt)
    assert.equal(1, a[1]:item())
  end)

  it("sets the learning rate; groups keep their ratio", function()
    local a, b = leaf(0), leaf(0)
    local opt = optim.SGD { { a }, { b, lr = 0.01 }, lr = 0.1 }
    assert.equal(0.1, opt:get_lr())
    for _ = 1, 2 do
      opt:set_lr(1)
      opt:zero_grad();
      (a + b):sum():backward()
      opt:step()
    end
    assert.near(-2, a[1]:item(), 1e-6)
    assert.near(-0.2, b[1]:item(), 1e-6)
    refuses("invalid", "set_lr: wants a number from 0 up, got -1", opt.set_lr, opt, -1)
  end)

  it("is made by name, of a table, or is attached", function()
    local w = leaf(1)
    assert.is_true(optim.Adam.is(optim.get("adam", module { w })))
    assert.equal(0.5, optim.get({ "sgd", lr = 0.5 }, module { w }):get_lr())
    local opt = optim.SGD { lr = 1 }
    refuses("state", "made without modules", opt.step, opt)
    assert.equal(opt, optim.get(opt, module { w }));
    (w * 1):sum():backward()
    opt:step()
    assert.equal(0, w[1]:item())
    assert.equal(opt, optim.get(opt, module { w, leaf(1) })) -- keeps what it has
    assert.equal(opt, optim.get(opt, module {}))
    refuses("invalid", "trains other parameters, and none of these", optim.get, opt, module { leaf(1) })
    refuses("invalid", "did you mean 'adam'?", optim.by_name, "adm")
    refuses("invalid", 'optimizer wants an optimiser, its name or { "sgd", lr = 0.1 }, got number', optim.get, 3, module { w })
    refuses("invalid", "got a class Adam; call it: Adam(...)", optim.get, optim.Adam, module { w })
    refuses("invalid", 'fit: optimizer wants options beside the name, { "sgd", lr = 0.5 }, got table as value 2', optim.get,
      { "sgd", { lr = 0.5 } }, module { w })
    refuses("invalid", "got a class Dense; call it: Dense(...)", optim.Adam, { ae.nn.Dense })
  end)

  it("can be one's own", function()
    local Lion = optim.Optimizer:extend("Lion")
    Lion.declared = optim.Optimizer.declare(0.5, { beta = { type = "number", default = 0.9 } })
    function Lion:states() return { m = 0 } end
    local w = leaf(1, 1)
    local opt = Lion { w, beta = 0.5 };
    (w * ae.tensor { 3, -4 }):sum():backward()
    refuses("unsupported", "optim.Lion has no method 'update'", opt.step, opt)
    function Lion:update(group, run)
      local o, m = group.options, run.state.m
      run.w:copy_(run.w - (m * o.beta + run.g * (1 - o.beta)):sign() * o.lr)
      m:copy_(m * 0.99 + run.g * 0.01)
    end
    opt:step()
    assert.same({ 0.5, 1.5 }, values.flat(w))
    assert.near(-0.04, opt:state().groups[1][1].state.m[2]:item(), 1e-7)
  end)

  it("refuses what it does not know", function()
    local w = leaf(1)
    refuses("invalid", "optim.Adam has no option 'learning_rate'", optim.Adam, { w, learning_rate = 1 })
    refuses("invalid", "did you mean 'beta1'?", optim.Adam, { w, beta_1 = 0.9 })
    refuses("invalid", "lr wants at least 0", optim.Adam, { w, lr = -1 })
    refuses("invalid", "lr wants a finite number, got inf", optim.Adam, { w, lr = math.huge })
    assert.equal(1e30, optim.SGD({ w, lr = 1e30 }):get_lr())
    refuses("invalid", "optim.SGD group has no option 'clip_norm'", optim.SGD, { { w, clip_norm = 1 } })
    refuses("invalid", "got 3", optim.SGD, { 3 })
    refuses("invalid", "group 1 has neither", optim.SGD, { { lr = 1 } })
    refuses("invalid", "nesterov wants momentum above 0", optim.SGD, { w, nesterov = true })
    refuses("invalid", "dampening wants momentum above 0", optim.SGD, { w, dampening = 0.5 })
    refuses("invalid", "nesterov wants momentum above 0", optim.SGD, { { w, nesterov = true } })
    refuses("invalid", "optim has no 'SDG'", function() return optim.SDG end)
    refuses("type", "parameter 1.1 wants a tensor, got table", function() optim.SGD({ module { {} } }):step() end)
  end)
end)

describe("the state of an optimiser", function()
  local classes = {
    SGD = { momentum = 0.9, dampening = 0.1 }, Adam = { amsgrad = true }, AdamW = {}, NAdam = {},
    RMSprop = { centered = true, momentum = 0.5 }, Adagrad = { lr_decay = 0.1 },
  }
  local function make(class, options, a, b)
    local given = { { a }, { b, lr = 0.02 }, lr = 0.1 }
    for name, value in pairs(options) do given[name] = value end
    return optim[class](given)
  end
  local function steps(opt, a, b, first, last)
    for i = first, last do
      opt:zero_grad();
      (a * a * i + b:sin():sum()):sum():backward()
      opt:step()
    end
  end

  for class, options in pairs(classes) do
    it("goes on with the same bits: " .. class, function()
      local a, b = leaf(1, 2, 3), leaf(4, 5)
      local whole = make(class, options, a, b)
      steps(whole, a, b, 1, 6)
      local c, d = leaf(1, 2, 3), leaf(4, 5)
      local first = make(class, options, c, d)
      steps(first, c, d, 1, 3)
      local saved = first:state()
      steps(first, c, d, 4, 5) -- the saved state is a copy
      local e, f = leaf(1, 2, 3), leaf(4, 5)
      steps(make(class, options, e, f), e, f, 1, 3)
      local second = make(class, options, e, f)
      second:load_state(saved)
      steps(second, e, f, 4, 6)
      assert.same(values.flat(a), values.flat(e))
      assert.same(values.flat(b), values.flat(f))
    end)
  end

  it("holds numbers, names and tensors alone", function()
    local w = leaf(1, 2)
    local opt = optim.Adam { w, lr = 0.1 };
    (w * w):sum():backward()
    opt:step()
    local saved = opt:state()
    assert.equal("Adam", saved.class)
    assert.equal(0.1, saved.lr)
    local one = saved.groups[1][1]
    assert.same({ "1", 1, { 2 } }, { one.name, one.steps, one.state.m.shape })
  end)

  it("is refused where it is another's, with nothing changed", function()
    local w = leaf(1, 2)
    local opt = optim.Adam { w };
    (w * w):sum():backward()
    opt:step()
    local saved = opt:state()
    refuses("state", "the state is of optim.Adam", function() optim.SGD({ w }):load_state(saved) end)
    refuses("state", "'m' of '1' wants shape [3], got [2]", function() optim.Adam({ leaf(1, 2, 3) }):load_state(saved) end)
    refuses("state", "has 1 groups, the optimiser 2", function() optim.Adam({ { leaf(1) }, { leaf(2) } }):load_state(saved) end)
    refuses("state", "the state of '1' has no 'top'", function() optim.Adam({ w, amsgrad = true }):load_state(saved) end)
    refuses("invalid", "wants what state() gave", opt.load_state, opt, nil)
    local named = { named_parameters = function() return pairs { weight = w } end, parameters = function() return { w } end }
    refuses("state", "parameter 1 is '1.weight', in the state '1'", function() optim.Adam({ named }):load_state(saved) end)
    assert.same(values.flat(saved.groups[1][1].state.m), values.flat(opt:state().groups[1][1].state.m))
  end)

  it("of one that has not stepped begins anew", function()
    local w = leaf(1, 2)
    local opt = optim.Adam { w, lr = 0.3 }
    local fresh = opt:state();
    (w * w):sum():backward()
    opt:step()
    opt:load_state(fresh)
    assert.equal(0.3, opt:get_lr())
    assert.equal(0, #opt:state().groups)
  end)
end)

describe("memory of an optimiser", function()
  it("is taken at the first step alone", function()
    local w, b = ae.ones(30, 20):require_grad(), ae.zeros(20):require_grad()
    local x = ae.ones(5, 30)
    local opt = optim.Adam { w, b, clip_norm = 1 }
    local calls
    for i = 1, 12 do
      ae.scope(function()
        opt:zero_grad()
        local loss = (x:matmul(w) + b):square():mean()
        loss:backward()
        opt:step()
      end)
      if i == 6 then calls = core.memory().system_calls end
    end
    assert.equal(calls, core.memory().system_calls)
  end)

  it("running out leaves parameters as they were", function()
    local w = ae.ones(1000):require_grad();
    (w * 2):sum():backward()
    local opt = optim.Adam { w, lr = 0.5 }
    for _ = 1, 3 do collectgarbage() end -- nothing is left for the second attempt to find
    core.budget(core.memory().live + 5000)
    local raised, message, code = pcall(failure, opt.step, opt)
    core.budget(0)
    assert.is_true(raised, message)
    assert.equal("memory", code, message)
    assert.equal(1, w[1]:item())
    assert.equal(2, w.grad[1]:item())
    opt:step()
    assert.near(0.5, w[1]:item(), 1e-6)
  end)

  it("names what it leaves out of a module, frozen parameters aside", function()
    local model = ae.nn.Sequential { ae.nn.Dense(2), ae.nn.Dense(2) }
    model:build { 2 }
    assert.equal("2.weight", optim.SGD { model[1] }:leaves_out(model))
    assert.is_nil(optim.SGD { model }:leaves_out(model))
    local opt = optim.SGD { { model[1], lr = 0.2 }, { model[2] } }
    model(ae.ones(1, 2)):sum():backward()
    opt:step()
    assert.is_nil(opt:leaves_out(model))
    model[2] = ae.nn.Dense(2)
    model:build { 2 }
    assert.equal("2.weight", opt:leaves_out(model))
    model[2]:freeze()
    assert.is_nil(opt:leaves_out(model))
  end)

  it("wants what it trains in braces", function()
    refuses("invalid", "optim.Adam wants what it trains in braces: optim.Adam { model, lr = ... }", optim.Adam,
      ae.nn.Dense(2))
    refuses("invalid", "in braces", optim.SGD, leaf(1))
  end)
end)
