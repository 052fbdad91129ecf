local ae = require "aelua"
local core = require "aelua.core"
local fails = require "spec.support.fails"

local function i32(list) return ae.tensor(list, { dtype = "i32" }) end
local function u8(list) return ae.tensor(list, { dtype = "u8" }) end

describe("a call of an operation", function()
  local t = ae.tensor { { 1, 2, 3 }, { 4, 5, 6 } }

  it("takes attributes in order, by name, or both", function()
    for _, y in ipairs {
      t:sum(1, true), t:sum({ 1 }, true), t:sum { dims = 1, keepdim = true }, t:sum { dims = { 1 }, keepdim = true },
      t:sum(1, { keepdim = true }), ae.sum(t, 1, true), ae.sum(t, { keepdim = true, dims = { -2 } }),
    } do
      assert.same({ { 5, 7, 9 } }, y:totable())
    end
    assert.equal(21, t:sum():item())
    assert.equal(21, t:sum({}):item())
    assert.same({ { 21 } }, t:sum(nil, true):totable())
  end)

  it("takes shapes as tables or numbers", function()
    assert.same({ 2, 3 }, ae.zeros(2, 3).shape)
    assert.same({ 2, 3 }, ae.zeros({ 2, 3 }).shape)
    assert.same({}, ae.zeros({}).shape)
    assert.same({ 2, 3 }, ae.zeros(2, 3, { dtype = "u8" }).shape)
    assert.same({ 3, 2 }, t:reshape(3, 2).shape)
    assert.same({ 3, 2 }, t:reshape({ 3, -1 }).shape)
    assert.same({ 4 }, ae.zeros { shape = 4 }.shape)
    fails("invalid", "more than 8 sizes", function() ae.zeros(1, 1, 1, 1, 1, 1, 1, 1, 1) end)
    fails("invalid", "zeros: wants shape", function() ae.zeros() end)
    fails("invalid", "shape wants an integer, got 1.5", function() ae.zeros(1.5) end)
    fails("invalid", "shape wants a table of integers, got 'x'", function() ae.zeros("x") end)
  end)

  it("takes lists of tensors in a table", function()
    assert.same({ 4, 3 }, ae.concat({ t, t }).shape)
    assert.same({ 2, 6 }, ae.concat({ t, t }, 2).shape)
    assert.same({ 2, 6 }, ae.concat({ t, t }, { dim = 2 }).shape)
    local many = {}
    for i = 1, 100 do many[i] = t end
    assert.same({ 200, 3 }, ae.concat(many).shape)
    fails("invalid", "concat: tensors is empty", function() ae.concat({}) end)
    fails("type", "concat: tensors[2] wants a tensor, got 3", function() ae.concat({ t, 3 }) end)
    fails("type", "concat: tensors wants a table of tensors, got a tensor", function() ae.concat(t) end)
    fails("invalid", "concat: wants tensors", function() ae.concat() end)
  end)

  it("takes numbers for tensors, in the type of their fellows", function()
    assert.same({ { 2, 3, 4 }, { 5, 6, 7 } }, (t + 1):totable())
    assert.same({ 9, 8 }, (10 - ae.tensor { 1, 2 }):totable())
    assert.equal("i32", (i32 { 1, 2 } * 3).dtype)
    assert.same({ 0, 1 }, u8({ 1, 2 }):gt(1):totable())
    assert.same({ 1, 0 }, ae.where(u8 { 1, 0 }, ae.tensor { 1, 1 }, 0):totable())
    assert.equal(ae.real, ae.maximum(1, 2).dtype)
    fails("type", 'to("f32")', function() return i32 { 1 } + 0.5 end)
    fails("type", 'to("f32")', function() return u8 { 1 } + t end)
  end)

  it("names what is missing, in excess or of another kind", function()
    fails("invalid", "matmul: wants b", function() ae.matmul(t) end)
    fails("type", "matmul: b wants a tensor, got 'x'", function() ae.matmul(t, "x") end)
    fails("type", "matmul: b wants a tensor, got 2", function() ae.matmul(t, 2) end)
    fails("type", "add: b wants a tensor or a number, got a table", function() return t + {} end)
    fails("type", "add: b wants a tensor or a number, got nothing", function() return t + nil end)
    fails("invalid", "exp: takes 0 arguments after its inputs, got 3 beside", function() t:exp(3) end)
    fails("invalid", "sum: takes 2 arguments after its inputs, got 'x' beside", function() t:sum(1, true, "x") end)
    fails("invalid", "sum: keepdim wants true or false, got 1", function() t:sum(1, 1) end)
    fails("invalid", "sum: dims wants an integer, got 'x'", function() t:sum({ "x" }) end)
    fails("invalid", "at most 8 integers, got 9", function() t:sum({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }) end)
    fails("invalid", "softmax: dim wants an integer, got 1.5", function() t:softmax(1.5) end)
    fails("invalid", "clamp: low wants a number, got true", function() t:clamp(true) end)
  end)

  it("names the nearest option and choice", function()
    fails("invalid", "sum: has no option 'keepdims'; did you mean 'keepdim'?", function() t:sum { keepdims = true } end)
    fails("invalid", "sum: has no option 'zzz'", function() t:sum { zzz = true } end)
    fails("invalid", "got 'f23'; did you mean 'f32'?", function() t:cast("f23") end)
    fails("invalid", "sum: dims is given twice", function() t:sum(1, { dims = 1 }) end)
  end)

  it("is refused on a freed tensor, whichever input it is", function()
    local gone = ae.tensor { 1 }
    gone:free()
    fails("state", "add: input 1 has been freed", function() return gone + 1 end)
    fails("state", "add: input 2 has been freed", function() return t + gone end)
    fails("state", "concat: input 2 has been freed", function() return ae.concat({ t, gone }) end)
    fails("state", "item: the tensor has been freed", function() return gone:item() end)
    fails("state", "index: the tensor has been freed", function() return gone[1] end)
    fails("state", "assignment: the tensor has been freed", function() gone[1] = 1 end)
    fails("state", "backward: the tensor has been freed", function() gone:backward() end)
    fails("state", "#: the tensor has been freed", function() return #gone end)
    gone:free()
  end)

  it("unary minus takes its operand once", function()
    assert.same({ -1, 2 }, (-ae.tensor { 1, -2 }):totable())
    assert.same({ -1 }, ae.neg(ae.tensor { 1 }):totable())
  end)
end)

describe("every operation", function()
  it("refuses a call without arguments where it wants any, and unknown options", function()
    for _, name in ipairs(core.operations()) do
      local described = core.describe(name)
      local wants = false
      for _, input in ipairs(described.inputs) do wants = wants or not input.optional end
      for _, attribute in ipairs(described.attributes) do wants = wants or attribute.required end
      if wants then fails("invalid", name .. ": wants ", function() core.ops[name]() end) end
    end
  end)

  it("refuses a freed tensor as its first input", function()
    local gone = ae.tensor { 1 }
    gone:free()
    for _, name in ipairs(core.operations()) do
      local inputs = core.describe(name).inputs
      if #inputs > 0 then
        local arguments = {}
        for i = 1, #inputs do arguments[i] = inputs[i].list and { gone } or gone end
        fails("state", name .. ": input 1 has been freed", function()
          core.ops[name](table.unpack(arguments, 1, #inputs))
        end)
      end
    end
  end)

  it("is a function of ae, and a method where it takes a tensor first, unless it is internal", function()
    local t = ae.tensor { 1 }
    for _, name in ipairs(core.operations()) do
      local described = core.describe(name)
      if described.internal then
        assert.is_nil(rawget(ae, name), name)
      else
        assert.equal("function", type(ae[name]), name)
        if #described.inputs > 0 and not described.no_method then assert.equal("function", type(t[name]), name) end
      end
    end
  end)
end)
