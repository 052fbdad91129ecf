local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

local data, nn = ae.data, ae.nn

-- n pictures [h, w, c] of random numbers.
local function noise(n, h, w, c) return data.tensors(ae.rand(n, h, w, c)) end

-- All batches of an epoch in one tensor.
local function epoch(set, given)
  local parts = {}
  for batch in set:batches(given or { size = 4 }) do parts[#parts + 1] = batch.input:clone() end
  return ae.concat(parts)
end

local function difference(a, b) return (a - b):abs():max():item() end

-- The pictures that x [h, w, c] becomes at every place of a window, as texts -> "row column".
local function windows_of(x, h, w, low, high_row, high_column, fill, flips)
  local found = {}
  for row = low, high_row do
    for column = low, high_column do
      for _, flip in ipairs(flips or { 0 }) do
        local at = ae.tensor({ { 1, row, column, flip } }, { dtype = "i32" })
        local window = ae.windows(x:reshape(1, table.unpack(x.shape)), at, { size = { h, w }, mode = fill })
        found[table.concat(window:reshape(-1):totable(), " ")] = ("%d %d %d"):format(row, column, flip)
      end
    end
  end
  return found
end

-- Where each picture of y lies among the windows of x's; how often each place came.
local function places(x, y, ...)
  local counts, known = {}, {}
  for i = 1, #y do
    known[i] = known[i] or windows_of(x[i], y.shape[2], y.shape[3], ...)
    local place = known[i][table.concat(y[i]:reshape(-1):totable(), " ")]
    assert(place, "a picture that is no window of its own")
    counts[place] = (counts[place] or 0) + 1
  end
  return counts
end

local function size(counts)
  local n = 0
  for _ in pairs(counts) do n = n + 1 end
  return n
end

describe("augmentation", function()
  before_each(function() ae.seed(1) end)

  it("turns over half of the pictures", function()
    local set = noise(200, 2, 3, 2)
    local x = set:tensor()
    local counts = places(x, epoch(set:augment { flip = "horizontal" }), 1, 1, 1, "constant", { 0, 1 })
    assert.is_true(counts["1 1 0"] > 75 and counts["1 1 1"] > 75)
    counts = places(x, epoch(set:augment { flip = "vertical" }), 1, 1, 1, "constant", { 0, 2 })
    assert.is_true(counts["1 1 0"] > 75 and counts["1 1 2"] > 75)
    counts = places(x, epoch(set:augment { flip = "both" }), 1, 1, 1, "constant", { 0, 1, 2, 3 })
    for flip = 0, 3 do assert.is_true(counts["1 1 " .. flip] > 30) end
  end)

  it("shifts by up to so many pixels", function()
    local set = noise(300, 4, 5, 1)
    for _, fill in ipairs { "reflect", "edge", "constant" } do
      local counts = places(set:tensor(), epoch(set:augment { shift = 2, fill = fill }), -1, 3, 3, fill)
      assert.equal(25, size(counts), fill)
    end
    local rows = places(set:tensor(), epoch(set:augment { shift = { 1, 0 } }), 0, 2, 2, "reflect")
    assert.equal(3, size(rows))
    assert.is_truthy(rows["0 1 0"] and rows["1 1 0"] and rows["2 1 0"])
  end)

  it("cuts out parts, of the padded picture where it shifts too", function()
    local set = noise(300, 5, 4, 2)
    local cropped = set:augment { crop = { 3, 2 } }
    assert.same({ 3, 2, 2 }, cropped.shape)
    assert.equal(9, size(places(set:tensor(), epoch(cropped), 1, 3, 3, "constant")))
    local padded = epoch(set:augment { crop = { 5, 4 }, shift = 1, fill = "constant" })
    assert.equal(9, size(places(set:tensor(), padded, 0, 2, 2, "constant")))
  end)

  it("makes brighter and darker, each sample by its own number", function()
    local set = data.tensors(ae.rand(100, 3, 3, 2) * 0.2 + 0.4)
    local change = (epoch(set:augment { brightness = 0.3 }) - set:tensor()):reshape(100, 18)
    assert.near(0, (change - change:mean({ 2 }, { keepdim = true })):abs():max():item(), 1e-6)
    local least, most = change:min():item(), change:max():item()
    assert.is_true(least >= -0.3001 and least < -0.25 and most > 0.25 and most <= 0.3001)
    local cut = epoch(set:augment { brightness = 3 })
    assert.equal(0, cut:min():item())
    assert.equal(1, cut:max():item())
    local free = epoch(set:map(function(x) return x * 2 - 1 end):augment { brightness = 3, range = { -9, 9 } })
    assert.is_true(free:min():item() < -1 and free:max():item() > 1)
  end)

  it("changes contrast around each channel's mean", function()
    local set = data.tensors(ae.rand(100, 4, 4, 2) * 0.2 + 0.4)
    local x, y = set:tensor(), epoch(set:augment { contrast = 0.5 })
    local mean = x:mean({ 2, 3 }, { keepdim = true })
    assert.near(0, difference(mean, y:mean({ 2, 3 }, { keepdim = true })), 1e-6)
    local factor = ((y - mean):abs():sum({ 2, 3, 4 }) / (x - mean):abs():sum({ 2, 3, 4 }))
    assert.near(0, difference(y, mean + (x - mean) * factor:reshape(100, 1, 1, 1)), 1e-5)
    local least, most = factor:min():item(), factor:max():item()
    assert.is_true(least >= 0.4999 and least < 0.6 and most > 1.4 and most <= 1.5001)
  end)

  it("draws anew each time, the same for a seed, with any number of threads", function()
    local set = noise(64, 8, 8, 3):augment { flip = "both", shift = 1, crop = 6, brightness = 0.2, contrast = 0.1 }
    local threads = core.threads()
    local function two(n)
      core.threads(n)
      ae.seed(7)
      return epoch(set, { size = 10, shuffle = true }), epoch(set, { size = 10, shuffle = true })
    end
    local a, b = two(1)
    local c, d = two(3)
    core.threads(threads)
    assert.is_true(difference(a, b) > 0.1)
    assert.equal(0, difference(a, c))
    assert.equal(0, difference(b, d))
  end)

  it("is a function of tensors too", function()
    local x = ae.rand(200, 2, 3, 1)
    local counts = places(x, data.Augmentation { flip = "horizontal" }(x), 1, 1, 1, "constant", { 0, 1 })
    assert.is_true(counts["1 1 0"] > 75 and counts["1 1 1"] > 75)
  end)

  it("changes targets that are pictures in the same way", function()
    local small = ae.rand(40, 4, 5, 1)
    local pairs_of = data.pairs(small, small * 0.5):augment { crop = { 3, 3 }, flip = "both", shift = 1, brightness = 0 }
    for batch in pairs_of:batches { size = 8 } do assert.near(0, difference(batch.input * 0.5, batch.target), 1e-6) end
    local large = ae.resize(small, { size = { 8, 10 }, method = "nearest" })
    pairs_of = data.pairs(small, large):augment { crop = { 3, 2 }, flip = "both", shift = 1, fill = "edge" }
    assert.same({ 6, 4, 1 }, pairs_of.target_shape)
    for batch in pairs_of:batches { size = 8 } do
      assert.equal(0, difference(ae.resize(batch.input, { size = { 6, 4 }, method = "nearest" }), batch.target))
    end
    local first = pairs_of:batches({ size = 8, training = false })()
    assert.equal(0, difference(ae.resize(first.input, { size = { 6, 4 }, method = "nearest" }), first.target))
  end)

  it("leaves other targets alone", function()
    local vectors = ae.rand(8, 3)
    local set = data.tensors(ae.rand(8, 4, 4, 1), { target = vectors }):augment { flip = "both", shift = 1 }
    assert.equal(0, difference(vectors, set:batches({ size = 8 })().target))
    local same = data.pairs(ae.zeros(8, 4, 4, 1), ae.rand(8, 4, 4, 1))
    assert.equal(0, difference(same:tensor "target", same:augment({ shift = 2, target = false }):batches({ size = 8 })().target))
    files.refuses("shape", "target wants pictures as large as the input's", set.augment, set, { flip = "both", target = true })
  end)

  it("is not for evaluation, but for the middle of a crop", function()
    local set = data.tensors((ae.rand(6, 5, 4, 1) * 255):floor():to("u8"))
    local changed = set:augment { flip = "both", shift = 2, brightness = 0.5, contrast = 0.5 }
    assert.equal(0, difference(set:tensor(), changed:tensor()))
    assert.equal(0, difference(set:tensor(), epoch(changed, { training = false })))
    local cropped = set:augment { crop = { 2, 2 }, flip = "both" }
    files.same(set:tensor():narrow(2, 2, 2):narrow(3, 2, 2), cropped:tensor())
    local model = ae.Autoencoder {
      input = set.shape, encoder = nn.Sequential { nn.Flatten(), nn.Dense(2) }, decoder = nn.Sequential { nn.Dense(set.shape) },
    }
    assert.equal(0, difference(model:encode(set), model:encode(changed)))
    assert.equal(model:evaluate(set).loss, model:evaluate(changed).loss)
  end)

  it("trains, and goes on after a stop with the same bits", function()
    local train = data.load("digits"):take(96):augment { shift = 1, flip = "horizontal", brightness = 0.1 }
    local path = os.tmpname()
    os.remove(path)
    local function run(epochs, given)
      ae.seed(3)
      local model = ae.Autoencoder {
        input = train.shape, encoder = nn.Sequential { nn.Flatten(), nn.Dense(8, "relu") },
        decoder = nn.Sequential { nn.Dense(train.shape, "sigmoid") }, loss = "bce",
      }
      given.epochs, given.batch_size, given.optimizer, given.verbose = epochs, 32, "adam", 0
      model:fit(train, given)
      return model:encode(train)
    end
    local whole = run(4, {})
    run(2, { checkpoint = path })
    local resumed = run(4, { checkpoint = path, resume = true })
    os.remove(path)
    assert.equal(0, difference(whole, resumed))
  end)

  it("can be followed by map, and repeated; its batches are let go", function()
    local set = noise(12, 6, 6, 1)
    local twice = set:augment({ crop = 5 }):map(function(x) return x * 2 end)
    twice = twice:augment { crop = 4, brightness = 0.1, range = { 0, 2 } }
    assert.same({ 4, 4, 1 }, twice.shape)
    assert.equal(0, difference(set:tensor():narrow(2, 1, 4):narrow(3, 1, 4) * 2, twice:tensor()))
    local changed = set:augment { crop = 5, flip = "both", brightness = 0.1, contrast = 0.1 }
    collectgarbage()
    collectgarbage("stop")
    local live = {}
    for batch in changed:batches { size = 4, shuffle = true } do
      batch:release()
      live[#live + 1] = core.memory().live
    end
    collectgarbage("restart")
    assert.same({ live[1], live[1], live[1] }, live)
  end)

  it("refuses what does not fit", function()
    local set = noise(3, 4, 5, 1)
    local function refuses(code, says, given) files.refuses(code, says, set.augment, set, given) end
    refuses("invalid", "Dataset:augment: wants one of crop, shift, flip, brightness and contrast", {})
    refuses("invalid", "no option 'flips'; did you mean 'flip'?", { flips = "both" })
    refuses("invalid", "flip wants one of horizontal", { flip = "left" })
    refuses("shape", "Dataset:augment: crop wants 5 x 5 of pictures 4 x 5", { crop = 5 })
    refuses("invalid", "Dataset:augment: crop wants an integer or {height, width} of at least 1, got [1, 2, 3]",
      { crop = { 1, 2, 3 } })
    refuses("invalid", "crop wants an integer or {height, width} of at least 1, got ['3', 3]", { crop = { "3", 3 } })
    refuses("invalid", "shift wants an integer or {height, width} of at least 0, got -1", { shift = -1 })
    refuses("invalid", "contrast wants at most 1", { contrast = 1.5 })
    refuses("invalid", "range wants {low, high}", { contrast = 1, range = { 1, 0 } })
    local vectors = data.tensors(ae.rand(3, 4))
    files.refuses("shape", "wants samples that are pictures [H, W, C], got [4]", vectors.augment, vectors, { flip = "both" })
    local named = data.tensors { a = ae.rand(3, 4, 4, 1) }
    files.refuses("shape", "got named ones", named.augment, named, { flip = "both" })
    local changed = set:augment { flip = "both" }
    files.refuses("state", "Dataset:concat wants data sets before augment", set.concat, set, changed)
    files.refuses("state", "Dataset:concat wants data sets before augment", set.concat, changed, set)
    files.refuses("state", "data.pairs wants data sets before augment", data.pairs, changed, set)
    local whole = data.tensors(ae.zeros({ 2, 3, 3, 1 }, { dtype = "i32" }))
    files.refuses("type", "brightness and contrast want real pictures, got i32",
      whole:augment({ brightness = 1 }):batches { size = 1 })
    assert.same({ 2, 3, 3, 1 }, whole:augment({ flip = "both" }):batches({ size = 2 })().input.shape)
  end)
end)
