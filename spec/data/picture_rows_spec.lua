local ae = require "aelua"
local files = require "spec.support.files"
local lfs = require "lfs"

local data, load, nn = ae.data, ae.data.load, ae.nn

local count = 23

describe("pictures in files", function()
  local folder
  before_each(function()
    folder = files.folder()
    ae.seed(5)
    local noise = (ae.rand { count, 6, 5, 3 } * 255):to("u8")
    for i = 1, count do ae.image.save(("%s/%02d.png"):format(folder, i), noise[i]) end
  end)
  after_each(function()
    ae.budget(0)
    files.remove(folder)
  end)

  local function in_memory() return data.tensors((load(folder):stored():clone())) end

  local function path(i) return ("%s/%02d.png"):format(folder, i) end

  -- Whether two data sets give the same batches, twice.
  local function same_batches(a, b, options)
    local one, other = a:batches(options), b:batches(options)
    for _ = 1, 2 do
      for x in one do files.same(x.input, other().input) end
      assert.is_nil(other())
    end
  end

  it("give the batches that tensors give, kept or not", function()
    local wanted = in_memory()
    for _, memory in ipairs { 0, 1e6 } do
      for _, ahead in ipairs { 1, 2, 5 } do
        local set = load(folder, { memory = memory, ahead = ahead })
        same_batches(wanted, set, { size = 4 })
        same_batches(wanted, set, { size = 7, shuffle = true, seed = 3, drop_last = true })
        same_batches(wanted:select { 9, 9, 2, 23, 1 }, set:select { 9, 9, 2, 23, 1 }, { size = 2 })
        same_batches(wanted:narrow(5, 9):shuffle { seed = 1 }, set:narrow(5, 9):shuffle { seed = 1 }, { size = 3 })
        same_batches(wanted, set, { size = 23 })
        same_batches(wanted:map(function(x) return x * 2 end), set:map(function(x) return x * 2 end), { size = 5 })
      end
    end
  end)

  it("are read once where there is memory for all of them", function()
    local set = load(folder)
    local row = 6 * 5 * 3
    assert.same({ folder = folder, samples = count, bytes = count * row, kept = true, held = 0, decoded = 0, skipped = {} },
      set:info())
    for _ = 1, 3 do
      for _ in set:batches { size = 4, shuffle = true } do end
      assert.equal(count, set:info().decoded)
      assert.equal(count, set:info().held)
    end
    local small = load(folder, { memory = count * row - 1 })
    for _ = 1, 3 do
      for _ in small:batches { size = 4 } do end
    end
    assert.same({ false, 0, 3 * count }, { small:info().kept, small:info().held, small:info().decoded })
    local skipping = load(folder, { on_error = "skip" })
    assert.equal(count, skipping:info().held)
    assert.equal(count, in_memory():info().held)
  end)

  it("take memory for a few batches only where they are not kept", function()
    collectgarbage()
    collectgarbage()
    local before = ae.memory().live
    local set = load(folder, { memory = 0, ahead = 2 })
    for batch in set:batches { size = 2 } do
      batch:release()
      collectgarbage()
      assert.is_true(ae.memory().live - before < 64 * 1024)
    end
    set = nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    assert.is_true(ae.memory().live - before < 4096)
  end)

  it("are a whole tensor where one is wanted", function()
    local wanted = in_memory()
    for _, memory in ipairs { 0, 1e6 } do
      local set = load(folder, { memory = memory })
      files.same((wanted:stored()), (set:stored()))
      files.same(wanted:tensor(), set:tensor())
      files.same((wanted:select({ 3, 1 }):stored()), (set:select({ 3, 1 }):stored()))
      files.same((wanted:concat(wanted:take(2)):stored()), (set:concat(set:take(2)):stored()))
      files.same(wanted:take(3):tensor(), set:take(3):tensor())
    end
    assert.same({ path(2), path(1) }, load(folder):select({ 2, 1 }):paths())
    files.refuses("state", "is not made of files", wanted.paths, wanted)
  end)

  it("train a model as tensors do", function()
    local function losses(set)
      ae.seed(1)
      local train, validation = set:split(0.7, { seed = 2 })
      local model = ae.Autoencoder {
        input = set.shape, encoder = nn.Sequential { nn.Flatten(), nn.Dense(8, "relu") },
        decoder = nn.Sequential { nn.Dense(set.shape, "sigmoid") }, loss = "bce",
      }
      local history = model:fit(train, { epochs = 3, batch_size = 4, validation = validation, verbose = 0 })
      return {
        history:column "loss", history:column "val_loss", model:evaluate(set).loss, model:encode(set):totable(),
        model:reconstruct(set:take(3)):totable(),
      }
    end
    local wanted = losses(in_memory())
    assert.same(wanted, losses(load(folder)))
    assert.same(wanted, losses(load(folder, { memory = 0 })))
  end)

  it("may be read by loops inside loops, left early, and in scopes", function()
    local wanted = in_memory()
    for _, memory in ipairs { 0, 1e6 } do
      local set = load(folder, { memory = memory })
      for i = 1, 21 do
        local kept = set:batches { size = 3, shuffle = true, seed = i }
        kept()
        for outer in set:batches { size = 5 } do
          for inner in set:skip(i):batches { size = 2 } do
            files.same(wanted:skip(i):take(2):tensor(), inner.input)
            if i > 0 then break end
          end
          if i % 3 == 0 then break end
          if i % 3 == 1 then assert.is_false(pcall(function() for _ in set:batches {} do error "enough" end end)) end
          assert.is_true(outer.size == 5 or outer.size == 3)
          if i % 3 == 2 then break end
        end
      end
      ae.scope(function() same_batches(wanted, set, { size = 6 }) end)
    end
  end)

  it("are joined without being read", function()
    local wanted = in_memory()
    local more = data.tensors((ae.rand { 4, 6, 5, 3 } * 255):to("u8"))
    for _, memory in ipairs { 0, 1e6 } do
      local set = load(folder, { memory = memory })
      local all = set:take(9):concat(more, set:shuffle { seed = 2 })
      local same = wanted:take(9):concat(more, wanted:shuffle { seed = 2 })
      assert.equal(0, set:info().decoded)
      assert.equal(36, #all)
      same_batches(same, all, { size = 5, shuffle = true, seed = 4 })
      same_batches(same:skip(7):take(10), all:skip(7):take(10), { size = 3 })
      same_batches(same:narrow(1, 9), all:narrow(1, 9), { size = 9 })
      files.same(same:tensor(), all:tensor())
      files.same((same:select({ 30, 2, 11, 2 }):stored()), (all:select({ 30, 2, 11, 2 }):stored()))
      local one, other = all:batches { size = 5, shuffle = true, seed = 4 }, all:batches { size = 5, shuffle = true }
      one()
      one()
      other:load_state(one:state())
      for x in one do files.same(x.input, other().input) end
      assert.same({ 2 * count + 4, memory > 0 }, { all:info().samples, all:info().kept })
      files.refuses("state", "is not made of files", all.paths, all)
      assert.same({ path(23), path(1), path(2) }, set:skip(22):concat(set:take(2)):paths())
      ae.image.save(path(3), ae.zeros({ 2, 2, 3 }, { dtype = "u8" }))
      local real = ae.rand(2, 6, 5, 3)
      local mixed = set:take(2):concat(data.tensors(real))
      files.same(ae.concat { set:take(2):tensor(), real }, (mixed:stored()))
      files.same(real[2], (mixed:skip(3):stored())[1])
      local broken, done = load(folder, { size = 4, memory = memory }):concat(data.tensors(ae.zeros(2, 4, 4, 3))), 0
      files.write(path(3), "text")
      local batches = broken:batches { size = 2 }
      files.refuses("format", path(3), function()
        for batch in batches do done = done + batch.size end
      end)
      ae.image.save(path(3), (wanted:stored())[3])
      for batch in batches do done = done + batch.size end
      assert.equal(count + 2, done)
    end
  end)

  it("go on in the middle of an epoch from a state", function()
    for _, memory in ipairs { 0, 1e6 } do
      local set = load(folder, { memory = memory })
      local options = { size = 4, shuffle = true, seed = 7 }
      for stop = 1, 7 do
        local one, other = set:batches(options), set:batches { size = 4, shuffle = true, seed = 1 }
        for _ = 1, stop do one() end
        other:load_state(one:state())
        for x in one do files.same(x.input, other().input) end
        assert.is_nil(other())
      end
    end
  end)

  it("pair without being read", function()
    local set = load(folder, { memory = 0 })
    local pairs = data.pairs(set:shuffle { seed = 1 }, set:skip(0))
    assert.equal(0, set:info().decoded)
    local wanted = in_memory()
    same_batches(data.pairs(wanted:shuffle { seed = 1 }, wanted), pairs, { size = 4 })
    for batch in pairs:batches { size = count } do files.same(wanted:tensor(), batch.target) end
  end)

  it("that are broken after they were found are errors of the batch they are in", function()
    local whole = files.read(path(10))
    local breaks = {
      format = function() files.write(path(10), "text") end,
      io = function() os.remove(path(10)) end,
      shape = function() ae.image.save(path(10), ae.zeros({ 3, 3, 3 }, { dtype = "u8" })) end,
    }
    for _, memory in ipairs { 0, 1e6 } do
      for code, damage in pairs(breaks) do
        local set = load(folder, { memory = memory })
        damage()
        local batches, done = set:batches { size = 4 }, 0
        files.refuses(code, path(10), function()
          for batch in batches do done = done + batch.size end
        end)
        assert.equal(8, done)
        files.refuses(code, path(10), batches)
        files.write(path(10), whole)
        for batch in batches do done = done + batch.size end
        assert.equal(count, done)
        damage()
        if memory == 0 then
          files.refuses(code, path(10), set.tensor, set)
        else
          assert.equal(count, #set:tensor())
        end
        files.write(path(10), whole)
      end
    end
    files.write(path(10), whole:sub(1, #whole // 2))
    local set = load(folder)
    files.refuses("format", path(10), set.tensor, set)
  end)

  it("of JPEG that are cut short are broken too", function()
    ae.image.save(folder .. "/x.jpg", (ae.rand { 6, 5, 3 } * 255):to("u8"))
    local bytes = files.read(folder .. "/x.jpg")
    for _, length in ipairs { #bytes - 3, #bytes - 20 } do
      files.write(folder .. "/x.jpg", bytes:sub(1, length))
      local set = load(folder, { on_error = "skip" })
      assert.same({ folder .. "/x.jpg" }, { set:info().skipped[1] and set:info().skipped[1].path })
    end
  end)

  it("are whole or an error, whatever the budget, and leave nothing behind", function()
    local function live()
      collectgarbage()
      collectgarbage()
      return ae.memory().live
    end
    local function read(memory, on_error)
      local set = load(folder, { memory = memory, on_error = on_error, size = { 9, 4 }, fit = "pad" })
      local done = 0
      for batch in set:batches { size = 5, shuffle = true, seed = 1 } do done = done + batch.size end
      assert(done == count and #set:info().skipped == 0)
    end
    for _, way in ipairs { { 0 }, { 1e6 }, { 1e6, "skip" } } do
      read(table.unpack(way))
      local before, refused, room = live(), 0, 0
      repeat
        ae.budget(before + room)
        local ok, failure = pcall(read, table.unpack(way))
        ae.budget(0)
        assert.is_true(ok or failure.code == "memory", tostring(failure))
        failure = nil -- luacheck: ignore 311
        refused, room = refused + (ok and 0 or 1), room + math.max(64, room // 8)
        assert.equal(before, live())
      until ok
      assert.is_true(refused > 5)
    end
  end)

  it("of real folders", function()
    local path_of = os.getenv("AELUA_DATA")
    path_of = path_of and path_of .. "/cifar10-jpg"
    if not path_of or lfs.attributes(path_of, "mode") ~= "directory" then
      pending("AELUA_DATA names no folder with cifar10-jpg")
      return
    end
    local train, test = load(path_of)
    assert.same({ 5000, 1000 }, { #train, #test })
    assert.same({ 32, 32, 3 }, train.shape)
    assert.same({ "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" }, test.classes)
    local paths = test:paths()
    for i, label in ipairs(test:labels():totable()) do
      assert.is_truthy(paths[i]:find("/" .. test.classes[label] .. "/", 1, true))
      if i % 100 == 1 then files.same(ae.image.load(paths[i]), (test:select({ i }):stored())[1]) end
    end
    local read = load(path_of, { memory = 0 }):batches { size = 128, shuffle = true, seed = 1 }
    for kept in train:batches { size = 128, shuffle = true, seed = 1 } do
      local batch = read()
      assert.equal(0, (kept.input - batch.input):abs():max():item())
      assert.same(kept.label:totable(), batch.label:totable())
    end
    assert.is_nil(read())
  end)

  it("that do not fit into a budget are an error, and nothing is lost", function()
    ae.image.save(folder .. "/large.png", ae.zeros({ 900, 900, 3 }, { dtype = "u8" }))
    collectgarbage()
    collectgarbage()
    local set = load(folder, { size = { 6, 5 } })
    local before = ae.memory().live
    ae.budget(before + 400000)
    files.refuses("memory", "large.png", set.tensor, set)
    ae.budget(0)
    assert.equal(count + 1, #set:tensor())
    ae.budget(before + 400000)
    local small = load(folder, { size = { 100, 100 } })
    assert.is_false(small:info().kept)
  end)
end)
