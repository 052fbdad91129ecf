local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"
local lfs = require "lfs"

local load = ae.data.load

describe("data.load", function()
  local folder
  before_each(function() folder = files.folder() end)
  after_each(function() files.remove(folder) end)

  local function idx(name, dims, bytes)
    local head = string.char(0, 0, 8, #dims)
    for _, size in ipairs(dims) do head = head .. string.pack(">I4", size) end
    return files.write(folder .. "/" .. name, head .. bytes)
  end

  -- Two training pictures, one test picture, 2x1.
  local function mnist(ending)
    idx("train-images-idx3-ubyte" .. ending, { 2, 2, 1 }, "\0\51\102\255")
    idx("train-labels-idx1-ubyte" .. ending, { 2 }, "\7\3")
    idx("t10k-images-idx3-ubyte" .. ending, { 1, 2, 1 }, "\255\0")
    idx("t10k-labels-idx1-ubyte" .. ending, { 1 }, "\5")
  end

  local function refuses(code, says, ...) files.refuses(code, says, load, ...) end

  it("has real digits inside", function()
    local train, test = load "digits"
    assert.same({ 1437, 360 }, { #train, #test })
    assert.same({ 8, 8, 1 }, train.shape)
    assert.same({ "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" }, train.classes)
    local bytes = train:stored()
    assert.equal("u8", bytes.dtype)
    -- The published 0 0 5 13 9 1 0 0 of the first row, and its digit.
    assert.same({ 0, 0, 80, 207, 143, 16, 0, 0 }, bytes[1][1]:reshape(-1):totable())
    assert.equal(255, bytes:to("i32"):max():item())
    assert.equal("0", train.classes[train:labels()[1]:item()])
  end)

  it("reads folders of IDX files", function()
    for _, ending in ipairs { "", ".idx" } do
      mnist(ending)
      files.write(folder .. "/README.md", "not data")
      local train, test = load(folder)
      assert.same({ 2, 1 }, train.shape and { #train, #test })
      assert.same({ 2, 1, 1 }, train.shape)
      assert.same({ "3", "5", "7" }, train.classes)
      assert.same(train.classes, test.classes)
      assert.same({ 3, 1 }, train:labels():totable())
      assert.same({ 2 }, test:labels():totable())
      files.remove(folder)
      lfs.mkdir(folder)
    end
  end)

  it("prefers plain files to gzipped ones of the same name", function()
    mnist("")
    files.write(folder .. "/train-images-idx3-ubyte.gz", files.read(files.fixtures .. "members.idx.gz"))
    assert.equal(2, #load(folder))
    idx("train-more-images-idx3-ubyte", { 1, 2, 1 }, "\0\0")
    refuses("format", "are both samples of one part", folder)
  end)

  it("reads real MNIST", function()
    local path = os.getenv("AELUA_DATA")
    path = path and path .. "/mnist"
    if not path or lfs.attributes(path, "mode") ~= "directory" then
      pending("AELUA_DATA names no folder with mnist")
      return
    end
    local train, test = load(path)
    assert.same({ 60000, 10000 }, { #train, #test })
    assert.same({ 28, 28, 1 }, train.shape)
    assert.equal(10, #train.classes)
    assert.equal("5", train.classes[train:labels()[1]:item()])
    assert.near(0.1307, ae.scaled((train:stored())):mean():item(), 1e-4)
  end)

  it("reads tables, alone and in folders", function()
    files.write(folder .. "/X_TRAIN.txt", " 1 0.5 0.25\n 2 1.5 1.25\n")
    files.write(folder .. "/X_TEST.txt", " 4 0.5 0.25\n")
    local one, none = load(folder .. "/X_TRAIN.txt", { label = 1 })
    assert.is_nil(none)
    assert.same({ { 0.5, 0.25 }, { 1.5, 1.25 } }, one:tensor():totable())
    local train, test = load(folder, { label = 1 })
    assert.same({ "1", "2", "4" }, train.classes)
    assert.same({ 3 }, test:labels():totable())
    assert.same({ 3 }, load(folder).shape)
    files.write(folder .. "/p.csv", "0,255\n51,51\n")
    assert.near(0.2, load(folder .. "/p.csv", { dtype = "u8" }):tensor()[2][1]:item(), 1e-6)
    refuses("invalid", "no option 'lable'; did you mean 'label'?", folder, { lable = 1 })
  end)

  it("reads single IDX and NPY files", function()
    local set, none = load(idx("some.idx", { 3, 2, 2 }, ("\1"):rep(12)))
    assert.is_nil(none)
    assert.same({ 2, 2, 1 }, set.shape)
    assert.same({ 3, 4 }, load(files.fixtures .. "c_f4.npy").shape)
    assert.same({ 3, 4, 1 }, load(files.fixtures .. "fortran_u1.npy").shape)
  end)

  it("takes tensors, named tensors and data sets as they are", function()
    assert.equal(3, #load(ae.zeros(3, 2)))
    assert.equal(3, #load { a = ae.zeros(3, 2), b = ae.zeros(3, 1) })
    local set = ae.data.dataset(ae.zeros(3, 2))
    assert.equal(set, load(set))
  end)

  it("says what is missing or wrong", function()
    refuses("io", { "there is no '" .. folder .. "/mnist'", "scripts/fetch-data mnist", "digits" }, folder .. "/mnist")
    refuses("format", { "has no data", "scripts/fetch-data mnist" }, folder)
    lfs.mkdir(folder .. "/cat")
    refuses("format", "has no data", folder)
    refuses("format", "is empty", files.write(folder .. "/empty", ""))
    refuses("unsupported", { "is a file of kind png", "ae.image.load reads a single picture" }, files.fixtures .. "rgb.png")
    refuses("unsupported", "of no kind that is known here", files.write(folder .. "/x", "\1\2\3"))
    refuses("format", "line 2, column 2: the value is missing", files.write(folder .. "/x", "1,2\n3,\n"))
    refuses("format", "holds no samples", files.fixtures .. "number.npy")
    refuses("format", "holds no samples", files.fixtures .. "empty.npy")
    refuses("invalid", "the option 'label' is for tables", files.fixtures .. "c_f4.npy", { label = 1 })
    refuses("invalid", "the option 'header' is for tables", "digits", { header = true })
    refuses("type", "got nothing", nil)
  end)

  it("says which part of a folder does not fit", function()
    mnist("")
    idx("train-labels-idx1-ubyte", { 3 }, "\1\2\3")
    refuses("format", { "has 2 samples", "train-labels-idx1-ubyte' 3 labels" }, folder)
    os.remove(folder .. "/train-images-idx3-ubyte")
    refuses("format", "has labels, but where are their samples?", folder)
    mnist("")
    files.write(folder .. "/t10k-images-idx3-ubyte", files.read(folder .. "/t10k-images-idx3-ubyte"):sub(1, -2))
    refuses("format", { "t10k-images-idx3-ubyte", "too short" }, folder)
  end)

  it("lists no names beyond its own", function()
    files.refuses("invalid", "data has no 'laod'; did you mean 'load'?", function() return ae.data.laod end)
    assert.equal("function", type(core.embedded_table))
  end)
end)
