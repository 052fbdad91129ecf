local ae = require "aelua"
local files = require "spec.support.files"

local data = ae.data

local function numbers(n, given)
  local input = {}
  for i = 1, n do input[i] = { i } end
  return data.tensors(ae.tensor(input), given)
end

-- The samples of each batch.
local function lists(batches)
  local all = {}
  for batch in batches do
    local list = {}
    for i, row in ipairs(batch.input:totable()) do list[i] = row[1] end
    all[#all + 1] = list
  end
  return all
end

local function flat(batches)
  local all = {}
  for _, list in ipairs(lists(batches)) do table.move(list, 1, #list, #all + 1, all) end
  return all
end

describe("batches", function()
  it("come in order, the last one smaller", function()
    local set = numbers(7)
    assert.same({ { 1, 2, 3 }, { 4, 5, 6 }, { 7 } }, lists(set:batches { size = 3 }))
    assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, lists(set:batches { size = 3, drop_last = true }))
    assert.equal(3, #set:batches { size = 3 })
    assert.equal(2, #set:batches { size = 3, drop_last = true })
    assert.same({ { 5, 6 }, { 7 } }, lists(set:skip(4):batches { size = 2 }))
    assert.equal(32, #numbers(40):batches()().input)
  end)

  it("have input, target, label and size", function()
    local set = data.tensors(ae.tensor({ { 51 }, { 255 } }, { dtype = "u8" }), { target = ae.ones(2, 3), labels = { "x", "y" } })
    local batch = set:batches { size = 2 }()
    files.same(ae.tensor { { 0.2 }, { 1 } }, batch.input)
    assert.same({ 2, 3 }, batch.target.shape)
    assert.same({ 1, 2 }, batch.label:totable())
    assert.equal(2, batch.size)
    local plain = numbers(2):batches { size = 2 }()
    assert.is_nil(plain.target)
    assert.is_nil(plain.label)
    local tokens = data.tensors(ae.tensor({ { 7 } }, { dtype = "i32" })):batches { size = 1 }()
    assert.equal("i32", tokens.input.dtype)
  end)

  it("come in a new order each epoch, by a seed", function()
    local set = numbers(20)
    local batches = set:batches { size = 6, shuffle = true, seed = 9 }
    local first, second = flat(batches), flat(batches)
    assert.not_same(first, second)
    local again = set:batches { size = 6, shuffle = true, seed = 9 }
    assert.same(first, flat(again))
    assert.same(second, flat(again))
    table.sort(first)
    assert.same(flat(set:batches { size = 20 }), first)
    ae.seed(3)
    local drawn = flat(set:batches { size = 5, shuffle = true })
    ae.seed(3)
    assert.same(drawn, flat(set:batches { size = 5, shuffle = true }))
    assert.not_same(drawn, flat(set:batches { size = 5, shuffle = true }))
  end)

  it("may be left early", function()
    local set = numbers(10)
    for batch in set:batches { size = 4 } do -- luacheck: ignore 512
      assert.equal(4, batch.size)
      break
    end
    local batches = set:batches { size = 4 }
    for _ in batches do break end -- luacheck: ignore 512
    assert.same({ { 5, 6, 7, 8 }, { 9, 10 } }, lists(batches))
    for _ in batches do break end -- luacheck: ignore 512
    batches:restart()
    assert.equal(3, #lists(batches))
  end)

  it("go on in the middle of an epoch from their state", function()
    local set = numbers(23)
    local options = { size = 5, shuffle = true, seed = 2 }
    for stop = 0, 9 do
      local one, other = set:batches(options), set:batches { size = 5, shuffle = true, seed = 77 }
      for _ = 1, stop do one() end
      other:load_state(one:state())
      for _ = 1, 8 do
        local a, b = one(), other()
        assert.equal(a == nil, b == nil)
        if a then files.same(a.input, b.input) end
      end
    end
    local batches = set:batches(options)
    files.refuses("state", "position 24 of 23", batches.load_state, batches, { position = 24, sampler = { seed = 1, epoch = 0 } })
    files.refuses("state", "what state() gave", batches.load_state, batches, { position = 0, sampler = {} })
  end)

  it("are balanced", function()
    local labels = {}
    for i = 1, 100 do labels[i] = i <= 90 and "many" or "few" end
    local set = numbers(100, { labels = labels })
    local few, total = 0, 0
    local batches = set:batches { size = 50, balanced = true, seed = 1 }
    for _ = 1, 20 do
      for batch in batches do
        for _, label in ipairs(batch.label:totable()) do
          few, total = few + (label == 1 and 1 or 0), total + 1
        end
      end
    end
    assert.equal(2000, total)
    assert.near(0.5, few / total, 0.05)
    files.refuses("state", "balanced wants a data set with labels", numbers(4).batches, numbers(4), { size = 2, balanced = true })
  end)

  it("are drawn by weights", function()
    local set = numbers(4)
    local values = flat(set:batches { size = 4, weights = { 0, 1, 0, 3 }, seed = 1 })
    assert.equal(4, #values)
    for _, value in ipairs(values) do assert.is_true(value == 2 or value == 4) end
    files.refuses("shape", "3 weights for 4 samples", set.batches, set, { size = 2, weights = { 1, 1, 1 } })
    local negative = set:batches { size = 2, weights = { 1, -1, 1, 1 } }
    files.refuses("invalid", "weight 2 is -1", negative)
  end)

  it("take a seed only where something is drawn", function()
    local set = numbers(4)
    files.refuses("invalid", "seed wants shuffle, balanced or weights", set.batches, set, { size = 2, seed = 1 })
  end)

  it("take a sampler of one's own", function()
    local backwards = { draw = function(_, n) return ae.arange(n, 0, { step = -1, dtype = "i32" }) end }
    assert.same({ { 5, 4 }, { 3, 2 }, { 1 } }, lists(numbers(5):batches { size = 2, sampler = backwards }))
    assert.same({ { 5, 4 }, { 3 } }, lists(numbers(5):skip(2):batches { size = 2, sampler = backwards }))
    local set = numbers(3)
    files.refuses("type", "wants a method draw(n)", set.batches, set, { size = 1, sampler = {} })
    local wrong = set:batches { size = 1, sampler = { draw = function() return ae.ones(3) end } }
    files.refuses("type", "wants to give an i32 tensor", wrong)
    local beyond = set:batches { size = 3, sampler = { draw = function() return ae.tensor({ 1, 2, 4 }, { dtype = "i32" }) end } }
    files.refuses("invalid", "row 4 of 3", beyond)
  end)

  it("give their memory back", function()
    local set = data.tensors(ae.zeros({ 64, 1000 }, { dtype = "u8" }))
    local batches = set:batches { size = 16, shuffle = true }
    local batch = batches()
    local before = ae.memory().live
    batch:release()
    assert.is_true(ae.memory().live <= before - 16 * 1000 * 4)
    files.refuses("state", "freed", function() return batch.input + 1 end)
    assert.is_nil(set:map(function(x) return x end):batches { size = 1 }().release)
  end)

  it("open rows for an epoch and close them where the loop is left", function()
    local told = {}
    local function tell(...) told[#told + 1] = table.concat({ ... }, " ") end
    local values = ae.arange(1, 7):reshape(6, 1)
    local rows = setmetatable({ shape = { 1 }, dtype = "f32" }, { __len = function() return 6 end })
    function rows.open(_, order)
      order = order:clone()
      tell("open", table.unpack(order:totable()))
      return setmetatable({
        take = function(_, first, n)
          tell("take", first)
          return values[order[{ { first, first + n - 1 } }]]
        end,
        close = function() tell "close" end,
      }, {})
    end
    getmetatable(rows).__index = rows
    local set = data.Dataset { input = rows }:select { 6, 1, 2, 3 }
    assert.same({ { 6, 1, 2 }, { 3 } }, lists(set:batches { size = 3 }))
    assert.same({ "open 6 1 2 3", "take 1", "take 4", "close" }, told)
    told = {}
    for _ in set:batches { size = 1 } do break end -- luacheck: ignore 512
    assert.same({ "open 6 1 2 3", "take 1", "close" }, told)
    told = {}
    assert.is_false(pcall(function()
      for _ in set:batches { size = 1 } do error "enough" end
    end))
    assert.same({ "open 6 1 2 3", "take 1", "close" }, told)
  end)

  it("refuse what cannot be", function()
    local set = numbers(5)
    files.refuses("invalid", "a batch of 6 is larger than the data (5 samples)", set.batches, set, { size = 6 })
    files.refuses("invalid", "the data set is empty", set.batches, set:take(0), { size = 1 })
    files.refuses("invalid", "size wants at least 1, got 0", set.batches, set, { size = 0 })
    files.refuses("invalid", "no option 'batch_size'", set.batches, set, { batch_size = 2 })
    files.refuses("invalid", "of shuffle and weights only one", set.batches, set,
      { size = 1, shuffle = true, weights = { 1, 1, 1, 1, 1 } })
  end)
end)
