local ae = require "aelua"
local files = require "spec.support.files"

local data = ae.data

local function u8(values) return ae.tensor(values, { dtype = "u8" }) end

-- n samples {2}: i, 10 i; labels "odd", "even".
local function numbers(n)
  local input, labels = {}, {}
  for i = 1, n do
    input[i] = { i, 10 * i }
    labels[i] = i % 2 == 1 and "odd" or "even"
  end
  return data.tensors(ae.tensor(input), { labels = labels })
end

-- The first feature of every sample.
local function firsts(set)
  local list = {}
  if #set == 0 then return list end
  for i, row in ipairs(set:tensor():totable()) do list[i] = row[1] end
  return list
end

describe("data sets", function()
  it("know their samples", function()
    local set = numbers(5)
    assert.equal(5, #set)
    assert.same({ 2 }, set.shape)
    assert.same({ "even", "odd" }, set.classes)
    assert.same({ 2, 1, 2, 1, 2 }, set:labels():totable())
    assert.equal("Dataset: 5 samples [2], 2 classes", tostring(set))
    assert.is_true(data.Dataset.is(set))
  end)

  it("keep u8 as u8 and give k/255", function()
    local set = data.tensors(u8 { { 0, 51 }, { 102, 255 } })
    files.same(ae.tensor { { 0, 0.2 }, { 0.4, 1 } }, set:tensor())
    assert.equal("u8", (set:stored()).dtype)
    assert.equal("u8", (set:select({ 2, 1, 2 }):stored()).dtype)
    files.same({ { 102, 255 }, { 0, 51 }, { 102, 255 } }, (set:select({ 2, 1, 2 }):stored()))
  end)

  it("are taken in parts, which share memory", function()
    local set = numbers(10)
    assert.same({ 1, 2, 3 }, firsts(set:take(3)))
    assert.same({ 9, 10 }, firsts(set:skip(8)))
    assert.same({ 4, 5 }, firsts(set:narrow(4, 2)))
    assert.same({ 5, 6 }, firsts(set:skip(2):take(6):narrow(3, 2)))
    assert.equal(10, #set:take(100))
    assert.equal(0, #set:skip(100))
    assert.equal(0, #set:narrow(11, 0))
    assert.same({ 3, 3, 1 }, firsts(set:select { 3, 3, 1 }))
    assert.same({ 3, 1 }, firsts(set:select({ 5, 3, 1 }):skip(1)))
    assert.same({ 2, 1 }, set:select({ 1, 2 }):labels():totable())
    local big = ae.zeros({ 1000, 1000 }, { dtype = "u8" })
    local before = ae.memory().live
    local parts = {}
    for i = 1, 50 do parts[i] = data.tensors(big):narrow(i, 500) end
    assert.is_true(ae.memory().live - before < 100000)
    assert.equal(50, #parts)
    files.refuses("invalid", "wants 0 to 7 samples from 4 on, got 8", set.narrow, set, 4, 8)
    files.refuses("invalid", "the first sample is 1 to 10, got 12", set.narrow, set, 12)
    files.refuses("invalid", "Dataset:take wants a number of samples, got -1", set.take, set, -1)
  end)

  it("are shuffled by a seed", function()
    local set = numbers(50)
    local one, same, other = set:shuffle { seed = 1 }, set:shuffle { seed = 1 }, set:shuffle { seed = 2 }
    assert.same(firsts(one), firsts(same))
    assert.not_same(firsts(one), firsts(other))
    local sorted = firsts(one)
    table.sort(sorted)
    assert.same(firsts(set), sorted)
    ae.seed(4)
    local drawn = firsts(set:shuffle())
    ae.seed(4)
    assert.same(drawn, firsts(set:shuffle()))
    assert.not_same(drawn, firsts(set:shuffle()))
    for i, row in ipairs(one:tensor():totable()) do
      assert.equal(row[1] % 2 == 1 and 2 or 1, one:labels():totable()[i])
    end
  end)

  local function sizes(...)
    local list = {}
    for i, part in ipairs { ... } do list[i] = #part end
    return list
  end

  it("are split by shares and by counts, without a sample in common", function()
    local set = numbers(103)
    assert.same({ 82, 21 }, sizes(set:split(0.8)))
    assert.same({ 82, 11, 10 }, sizes(set:split(0.8, 0.1)))
    assert.same({ 52, 51 }, sizes(set:split(0.5, 0.5)))
    assert.same({ 100, 3 }, sizes(set:split(100)))
    assert.same({ 100, 3 }, sizes(set:split(100, 3)))
    assert.same({ 50, 30, 23 }, sizes(set:split(50, 30, { seed = 3 })))
    assert.same({ 50, 30, 23 }, sizes(set:split({ 50, 30 }, { seed = 3 })))
    local seen = {}
    for _, part in ipairs { set:split(0.3, 0.3, { seed = 1 }) } do
      for _, value in ipairs(firsts(part)) do
        assert.is_nil(seen[value])
        seen[value] = true
      end
    end
    assert.equal(103, #seen)
    local a, b = set:split(2, { shuffle = false })
    assert.same({ 1, 2 }, firsts(a))
    assert.equal(3, firsts(b)[1])
  end)

  it("are split with every class in proportion", function()
    local labels, input = {}, {}
    for i = 1, 100 do
      labels[i] = i <= 70 and "a" or i <= 90 and "b" or "c"
      input[i] = { i }
    end
    local set = data.tensors(ae.tensor(input), { labels = labels })
    local train, test = set:split(0.8, { stratify = true, seed = 5 })
    assert.same({ 80, 20 }, sizes(train, test))
    local counts = { 0, 0, 0 }
    for _, label in ipairs(test:labels():totable()) do counts[label] = counts[label] + 1 end
    assert.same({ 14, 4, 2 }, counts)
  end)

  it("refuse splits that cannot be", function()
    local set = numbers(10)
    local function refuses(code, says, ...) files.refuses(code, says, set.split, set, ...) end
    refuses("invalid", "wants shares or counts")
    refuses("invalid", "and not both; got 3", 0.5, 3)
    refuses("invalid", "shares add up to 1.4", 0.7, 0.7)
    refuses("invalid", "parts of 12 samples together, the data set has 10", 6, 6)
    refuses("invalid", "part 1 of 10 samples is empty", 0.01)
    refuses("invalid", "got -0.5", -0.5)
    refuses("invalid", "no option 'stratified'; did you mean 'stratify'?", 0.5, { stratified = true })
    refuses("invalid", "seed wants shuffle", 0.5, { seed = 1, shuffle = false })
    files.refuses("invalid", "classes wants labels", data.tensors, ae.zeros(4, 2), { classes = { "a" } })
    local plain = data.tensors(ae.zeros(4, 2))
    files.refuses("state", "stratify wants a data set with labels", plain.split, plain, 0.5, { stratify = true })
  end)

  it("are joined", function()
    local both = numbers(3):concat(numbers(5):skip(3), numbers(1))
    assert.same({ 1, 2, 3, 4, 5, 1 }, firsts(both))
    assert.same({ 2, 1, 2, 1, 2, 2 }, both:labels():totable())
    local more = data.tensors(ae.zeros(1, 2), { labels = { "a" } })
    assert.same({ "a", "even", "odd" }, numbers(2):concat(more).classes)
    assert.same({ 3, 2, 1 }, numbers(2):concat(more):labels():totable())
    assert.is_nil(numbers(2):concat(data.tensors(ae.zeros(1, 2))).classes)
    local bytes = data.tensors(u8 { { 1 } }):concat(data.tensors(u8 { { 2 } }))
    assert.equal("u8", (bytes:stored()).dtype)
    local mixed = data.tensors(u8 { { 0, 255 } }):concat(data.tensors(ae.tensor { { 0.25, 3 } }))
    assert.same({ { 0, 1 }, { 0.25, 3 } }, (mixed:stored()):totable())
    assert.same({ { 0.25, 3 }, { 0, 1 } }, mixed:select({ 2, 1 }):tensor():totable())
    files.refuses("type", "Dataset:concat: samples of u8 and of i32", bytes.concat, bytes,
      data.tensors(ae.tensor({ { 1 } }, { dtype = "i32" })))
    files.refuses("shape", "samples [2] and [3]", numbers(2).concat, numbers(2), data.tensors(ae.zeros(2, 3)))
    files.refuses("state", "targets of their own", numbers(2).concat, numbers(2),
      data.pairs(ae.zeros(2, 2), ae.zeros(2, 2)))
    files.refuses("type", "argument 1 is no data set", numbers(2).concat, numbers(2), ae.zeros(2, 2))
  end)

  it("are mapped, batch by batch", function()
    local calls = 0
    local set = data.tensors(u8 { { 0, 255 }, { 255, 0 }, { 51, 51 } }):map(function(x, batch)
      calls = calls + 1
      assert.equal(#x, batch.size)
      return x:sum(2, true) * 2
    end):map(function(x) return x + 1 end)
    assert.same({ 1 }, set.shape)
    calls = 0
    assert.near(1.8, set:tensor():totable()[3][1], 1e-6)
    assert.equal(1, calls)
    assert.equal(2, #set:take(2):tensor())
    local changed = data.pairs(ae.zeros(3, 2), ae.ones(3, 2)):map(function(x, batch)
      batch.target = batch.target * 5
      return x
    end)
    for batch in changed:batches { size = 2 } do assert.equal(5, batch.target:max():item()) end
    files.refuses("type", "wants a function, got nil", set.map, set)
    files.refuses("type", "function 1 wants to give a tensor, got nil", numbers(3).map, numbers(3), function() end)
    files.refuses("shape", "function 1 wants to give 1 samples, got 2", numbers(3).map, numbers(3),
      function(x) return ae.concat({ x, x }) end)
  end)

  it("have targets of their own where they are given", function()
    local set = data.pairs(numbers(4), ae.zeros(4, 7))
    assert.same({ 7 }, set.target_shape)
    assert.same({ "even", "odd" }, set.classes)
    for batch in set:batches { size = 3 } do
      assert.same({ #batch.input, 7 }, batch.target.shape)
    end
    assert.equal("Dataset: 4 samples [2], targets [7], 2 classes", tostring(set))
    assert.same({ 4, 7 }, set:tensor("target").shape)
    assert.is_nil(numbers(2):tensor("target"))
    files.refuses("invalid", "wants 'input' or 'target', got label", set.tensor, set, "label")
    local halves = data.pairs(numbers(4), numbers(4):map(function(x) return x / 2 end):skip(0))
    for batch in halves:skip(1):batches { size = 3 } do
      files.same(batch.input / 2, batch.target)
    end
    files.refuses("shape", "target has 3 samples, wanted 4", data.pairs, ae.zeros(4, 2), ae.zeros(3, 2))
    files.refuses("type", "got nothing", data.pairs, ae.zeros(4, 2))
  end)

  it("may hold named tensors", function()
    local set = data.dataset { left = ae.ones(4, 2), right = u8 { { 255 }, { 0 }, { 51 }, { 0 } } }
    assert.same({ left = { 2 }, right = { 1 } }, set.shape)
    for batch in set:narrow(1, 3):batches { size = 3 } do
      assert.same({ 3, 2 }, batch.input.left.shape)
      files.same(ae.tensor { { 1 }, { 0 }, { 0.2 } }, batch.input.right)
    end
    files.same(ae.tensor { { 0.2 } }, set:select({ 3 }):tensor().right)
    assert.equal(8, #set:concat(set))
    files.refuses("shape", "input.b has 2 samples, wanted 3", data.dataset, { a = ae.zeros(3, 1), b = ae.zeros(2, 1) })
    files.refuses("type", "wants a tensor", data.dataset, { a = 3 })
  end)

  it("are made of what stands for one", function()
    local set = numbers(2)
    assert.equal(set, data.dataset(set))
    assert.equal(3, #data.dataset(ae.zeros(3, 4)))
    files.refuses("type", "a path is read by data.load", data.dataset, "digits")
    files.refuses("type", "got nothing", data.dataset, nil)
    files.refuses("type", "got number", data.dataset, 3)
    files.refuses("shape", "got a single number", data.dataset, ae.tensor(3))
  end)

  it("number labels", function()
    local function labelled(labels, classes)
      return data.tensors(ae.zeros(#labels, 1), { labels = labels, classes = classes })
    end
    local set = labelled { 10, 9, 10, -3 }
    assert.same({ "-3", "9", "10" }, set.classes)
    assert.same({ 3, 2, 3, 1 }, set:labels():totable())
    assert.same({ "7", "a" }, labelled({ "a", 7, "a" }).classes)
    assert.same({ 2, 1 }, labelled({ "b", 1 }, { "a", "b" }):labels():totable())
    assert.same({ "0", "5" }, labelled(u8 { 5, 0 }).classes)
    files.refuses("invalid", "label 1 is 3; there are 2 classes", labelled, { 3 }, { "a", "b" })
    files.refuses("invalid", "label 1 is c; there are 2 classes", labelled, { "c" }, { "a", "b" })
    files.refuses("type", "whole numbers or texts, got 1.5", labelled, { 1.5 })
    files.refuses("shape", "u8 or i32", labelled, ae.zeros(2))
    files.refuses("shape", "labels has 1 samples, wanted 2", data.tensors, ae.zeros(2, 1), { labels = { 1 } })
    local plain = data.tensors(ae.zeros(2, 1))
    files.refuses("state", "has no labels", plain.labels, plain)
    files.refuses("invalid", "did you mean 'labels'?", data.tensors, ae.zeros(2, 1), { label = { 1 } })
  end)

  it("outlive the scope that made them", function()
    local set = ae.scope(function() return numbers(6):shuffle { seed = 1 } end)
    collectgarbage()
    assert.equal(6, #firsts(set))
  end)

  it("take the fields there are, and no more arguments", function()
    local x, labels = ae.zeros(3, 2), ae.tensor({ 2, 1, 2 }, { dtype = "i32" })
    for wrong, meant in pairs { targets = "target", label = "labels", class_names = false } do
      files.refuses("invalid", ("Dataset has no option '%s'%s"):format(wrong, meant and "; did you mean '" .. meant or ""),
        data.Dataset, { input = x, [wrong] = x })
    end
    files.refuses("invalid", "Dataset: classes wants labels", data.Dataset, { input = x, classes = { "a" } })
    files.refuses("invalid", "data.pairs takes two data sets, got a further table", data.pairs, x, x, {})
    files.refuses("invalid", "data.dataset takes one value", data.dataset, x, {})
    local set = data.Dataset { input = x, labels = labels }
    files.refuses("invalid", "Dataset:map takes a function", set.map, set, ae.abs, {})
    files.refuses("invalid", "Dataset:tensor takes the name of a field", set.tensor, set, "input", {})
  end)

  it("are not indexed by number, and say what is", function()
    local set = numbers(5)
    local function at(i) return set[i] end
    files.refuses("invalid", "Dataset: has no element [2]; a tensor of sample 2 is set:narrow(2, 1):tensor()[1]", at, 2)
    files.refuses("invalid", "has no element [1]", function() for _ in ipairs(set) do error "a sample" end end)
    assert.same({ 2 }, { set:narrow(2, 1):tensor()[1][1]:item() })
    assert.is_nil(set.none)
  end)

  it("have labels without names of classes too", function()
    local labels = ae.tensor({ 2, 1, 2 }, { dtype = "i32" })
    local set = data.Dataset { input = ae.zeros(3, 2), labels = labels }
    assert.equal("Dataset: 3 samples [2], labels", tostring(set))
    local twice = set:concat(set)
    assert.same({ 2, 1, 2, 2, 1, 2 }, twice:labels():totable())
    assert.is_nil(twice.classes)
    files.refuses("state", "some have not", set.concat, set, numbers(3))
  end)
end)
