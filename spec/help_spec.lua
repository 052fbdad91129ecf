-- Documentation: what help prints, that nothing public lacks any, and that what scripts/make-docs writes is current.
local ae = require "aelua"
local core = require "aelua.core"
local annotations = require "aelua.help.annotations"
local catalog = require "aelua.help.catalog"
local help = require "aelua.help"
local options = require "aelua.base.options"
local reference = require "aelua.help.reference"
local source = require "aelua.help.source"
local terminal = require "aelua.help.text"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

describe("ae.help", function()
  it("shows an operation from its descriptor", function()
    local text = help.text(ae, "clamp")
    assert.matches("^ae%.clamp%(x, low%?, high%?%)\nt:clamp%(low%?, high%?%)\n", text)
    for _, wanted in ipairs { "Inputs", "Attributes", "Returns", "lower bound" } do
      assert.truthy(text:find(wanted, 1, true), wanted)
    end
    assert.equal(text, help.text(ae, ae.clamp))
    assert.equal(text, help.text(ae, "ae.clamp"))
  end)

  it("shows a list of tensors as the table that it is", function()
    assert.matches("^ae%.concat%({tensors%.%.%.}, dim%?%)\n", help.text(ae, "concat"))
    assert.matches("function ae%.stack%(tensors, dim%) end", annotations.render())
  end)

  it("shows a class by name, by value and by an object of it", function()
    local text = help.text(ae, "nn.Dense")
    assert.matches("^ae%.nn%.Dense%(", text)
    assert.equal(text, help.text(ae, "Dense"))
    assert.equal(text, help.text(ae, ae.nn.Dense))
    assert.equal(text, help.text(ae, ae.nn.Dense(2)))
  end)

  it("shows functions, methods and namespaces", function()
    assert.matches("^ae%.data%.load%(", help.text(ae, "data.load"))
    assert.equal(help.text(ae, "data.load"), help.text(ae, ae.data.load))
    assert.matches("^ae%.Autoencoder:fit%(", help.text(ae, "Autoencoder:fit"))
    assert.matches("epochs", help.text(ae, "Autoencoder:fit"))
    assert.matches("^t:item%(%)", help.text(ae, "t:item"))
    assert.matches("Dense", help.text(ae, "nn"))
    assert.equal(help.text(ae, "nn"), help.text(ae, ae.nn))
  end)

  it("shows values, the history, and options that are inherited", function()
    assert.equal('ae.version\n  the version of the library, "1.2.3"', help.text(ae, "version"))
    assert.matches("compute in", help.text(ae, "real"))
    local history = help.text(ae, ae.History())
    for _, wanted in ipairs { "epochs", "stopped", "column%(name%)", "last%(%)" } do assert.matches(wanted, history) end
    for _, name in ipairs { "EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau" } do
      local text = help.text(ae, ae.callbacks[name])
      for _, wanted in ipairs { "monitor%?", "mode%?", "min_delta%?" } do assert.matches(wanted, text) end
    end
    assert.matches("l2%?.*clip_norm%?", help.text(ae, "optim.AdamW"))
    local vae = help.text(ae, "VAE")
    assert.matches("^ae%.VAE%(given%)\n  The variational autoencoder", vae)
    for _, wanted in ipairs { "beta%?", "latent ", "encoder ", "Extends `VariationalModel`" } do assert.matches(wanted, vae) end
    assert.matches("^ae%.VAE:sample%(n, given%?%)", help.text(ae, "VAE:sample"))
  end)

  it("shows what a script documents in the same way", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    assert(file:write("local M = {}\n--- Twice x.\n---@param x number what to double\n",
      "function M.double(x) return 2 * x end\nreturn M\n"))
    file:close()
    assert.equal("M.double(x)\n  Twice x.\n\n  Arguments\n    x  (number) what to double",
      help.text(ae, dofile(path).double))
    os.remove(path)
  end)

  it("names the methods where nothing else has the name", function()
    local told = help.text(ae, "fit")
    assert.matches("^nothing is called 'fit' but methods of classes: 'Model:fit'", told)
    for call in told:gmatch("'([%w_.]+:fit)'") do assert.matches("^ae%.", help.text(ae, call)) end
    assert.falsy(told:find("nn%.")) -- what a layer has under the name says only that it is not there
    assert.matches("'VariationalModel:sample'", help.text(ae, "sample"))
    assert.matches("'VQVAE:tokens'", help.text(ae, "tokens"))
  end)

  it("finds names in letters of either case, the exact one first", function()
    assert.equal(help.text(ae, "VAE"), help.text(ae, "vae"))
    assert.equal(help.text(ae, "latent.KMeans"), help.text(ae, "kmeans"))
    assert.equal(help.text(ae, "VAE:sample"), help.text(ae, "vae:sample"))
    assert.matches("^ae%.dense%(", help.text(ae, "dense"))
    assert.matches("^ae%.nn%.Dense", help.text(ae, "Dense"))
  end)

  it("answers a name that nothing has with those near it", function()
    assert.matches("^nothing is called 'densse'; did you mean 'Dense'", help.text(ae, "densse"))
    assert.equal("nothing is called 'dens'; did you mean 'Dense', 'MaskedDense', 'TiedDense', 'dense'?", help.text(ae, "dens"))
    assert.equal("nothing is called 'VAE:smaple'; did you mean 'VAE:sample'?", help.text(ae, "VAE:smaple"))
    assert.equal("nothing is called 'FitOption'; did you mean 'FitOptions'?", help.text(ae, "FitOption"))
    assert.error_matches(function() help.text(ae, "zzzqqq") end, "help: nothing is called 'zzzqqq'")
    assert.error_matches(function() help.text(ae, {}) end, "help: nothing is written about this table")
  end)

  it("lists the methods of a class wherever they are defined", function()
    local function lists(name, wanted)
      local text = help.text(ae, name):match("\n  Methods\n(.*)$")
      for _, method in ipairs(wanted) do
        assert.truthy(text:find("    " .. method .. "(", 1, true), name .. ":" .. method)
      end
    end
    lists("VariationalModel", { "sample", "traverse", "manifold", "interpolate", "elbo", "log_likelihood", "connect" })
    lists("VQVAE", { "tokens", "decode" })
    lists("ELU", {})
  end)

  it("shows a table of options by its name", function()
    local text = help.text(ae, "FitOptions")
    assert.matches("^FitOptions\n", text)
    for _, name in ipairs { "epochs?", "checkpoint?", "resume?" } do assert.truthy(text:find("    " .. name, 1, true), name) end
    assert.equal(text, help.text(ae, "aelua.FitOptions"))
  end)
end)

describe("the reference", function()
  local text = reference.render(ae)
  -- What stands under one heading.
  local function under(title)
    local from = assert(text:find("\n#+ " .. title:gsub("%p", "%%%0") .. "%("), title .. " is not there")
    return text:sub(from + 1, (text:find("\n#", from + 1, true) or 0) - 1)
  end

  it("has every method of a class, with its options", function()
    for method, options_of in pairs {
      ["ae.Model:fit"] = { "epochs?", "checkpoint?", "resume?", "validation?" },
      ["ae.VariationalModel:sample"] = { "from?", "draw?", "batch_size?" },
      ["ae.VariationalModel:traverse"] = { "of?" },
      ["ae.VariationalModel:manifold"] = { "of?" },
      ["ae.VariationalModel:interpolate"] = {},
      ["ae.VariationalModel:elbo"] = {},
      ["ae.VariationalModel:log\\_likelihood"] = {},
      ["ae.VQVAE:tokens"] = {},
      ["ae.data.Dataset:augment"] = { "crop?", "flip?", "target?" },
    } do
      local part = under(method)
      for _, name in ipairs(options_of) do assert.truthy(part:find("- `" .. name .. "`", 1, true), method .. ": " .. name) end
      assert.matches("Arguments:", part)
    end
  end)

  it("says at the head of a chapter what its namespace is for", function()
    assert.matches("\n## ae%.dist\n\n`ae%.dist`: distributions", text)
    assert.matches("\n## ae%.optim\n\nOptimisers%.", text)
  end)
end)

-- What makes one of each class of ae.nn that takes options.
local made_from = {
  AvgPool1d = { 2 }, AvgPool2d = { 2 }, BatchNorm = {}, Conv1d = { 2, 3 }, Conv2d = { 2, 3 }, ConvTranspose1d = { 2, 3 },
  ConvTranspose2d = { 2, 3 }, Dense = { 2 }, DepthwiseConv2d = { 3 }, GroupNorm = { 2 }, GumbelSoftmax = { 2, 3 },
  HouseholderFlow = {}, InverseAutoregressiveFlow = {}, LayerNorm = {}, MaskedDense = { 2, { inputs = 2, degrees = 2 } },
  MaxPool1d = { 2 }, MaxPool2d = { 2 }, MixturePrior = {}, SeparableConv2d = { 2, 3 }, StandardPrior = {},
  TiedConvTranspose1d = { ae.nn.Conv1d(2, 3) }, TiedConvTranspose2d = { ae.nn.Conv2d(2, 3) }, TiedDense = { ae.nn.Dense(2) },
  UpSampling1d = { 2 }, UpSampling2d = { 2 }, VampPrior = {}, Variational = { 2 }, VectorQuantizer = { 4, 2 },
}

describe("a class's entry", function()
  local function each_layer(visit)
    catalog.each(catalog.of(ae), function(item)
      if item.kind == "class" and item.path:find("^ae%.nn%.") then visit(item, item.entry()) end
    end)
  end

  it("has the arguments of the constructor that runs, inherited or not", function()
    each_layer(function(item, entry)
      local real, shown = {}, {}
      for i = 2, debug.getinfo(item.value.init, "u").nparams do real[i - 1] = debug.getlocal(item.value.init, i) end
      local arguments = assert(entry.title:match("%((.*)%)$"), entry.title .. " has no signature")
      for name in arguments:gmatch("[%w_]+") do shown[#shown + 1] = name end
      assert.same(real, shown, item.path)
      if #real > 0 then assert.equal("Arguments", entry.sections[1].title, item.path) end
    end)
    assert.matches("^ae%.nn%.ConvTranspose2d%(filters, kernel, given%?%)\n", help.text(ae, "ConvTranspose2d"))
    assert.matches("^ae%.nn%.AvgPool2d%(size, given%?%)\n", help.text(ae, "AvgPool2d"))
  end)

  it("lists the options that the class takes, and no other", function()
    local check, taken = options.check, {}
    finally(function() options.check = check end)
    function options.check(who, given, declared, ...) -- luacheck: ignore 122
      taken[who] = taken[who] or declared
      return check(who, given, declared, ...)
    end
    each_layer(function(item, entry)
      if made_from[item.name] then item.value(table.unpack(made_from[item.name])) end
      local accepted, listed = {}, {}
      for name in pairs(made_from[item.name] and taken[item.name] or {}) do accepted[#accepted + 1] = name end
      for _, section in ipairs(entry.sections) do
        for _, option in ipairs(section.title:find("^Options") and section.items or {}) do
          listed[#listed + 1] = option.name:match("^[%w_]+")
        end
      end
      table.sort(accepted)
      table.sort(listed)
      assert.same(accepted, listed, item.path)
    end)
  end)

  it("names what it extends as help finds it", function()
    catalog.each(catalog.of(ae), function(item)
      if item.kind ~= "class" then return end
      for _, line in ipairs(item.entry().text) do
        local parent = line:match("^Extends `(.-)`")
        if parent then assert.matches(parent:gsub("%p", "%%%0"), help.text(ae, parent)) end
      end
    end)
  end)
end)

describe("documentation comments", function()
  local docs = source.parse [[
--- The file.
local class = require "aelua.base.class"

---@class aelua.Thing: aelua.Class
---@field size integer how large
local Thing = class("Thing")

--- Opens it.
---@param path string|nil where it lies
---@param options? { deep?: boolean, name: string } what else
---@param on_done? fun(x: number): boolean called at the end, or
---  where it failed
---@return integer # how many
---@return "a" | "b" kind which
function Thing:open(path, options, on_done) end

function Thing.bare(...) end
]]

  it("go on in a line that stands one space further in, and no other", function()
    local parsed = source.parse(
      "---@class aelua.X\n---@field a integer one\n---  two\n---@field b integer\n--- Prose.\nlocal X = {}\n")
    assert.same({ "one two", "" }, { parsed[1].fields[1].text, parsed[1].fields[2].text })
    assert.same({ "Prose." }, parsed[1].text)
    local augment = help.text(ae, "data.Augmentation"):gsub("%s+", " ")
    assert.matches("default: where they are pictures as large, or larger by a whole factor", augment)
  end)

  it("are tied to what they stand above", function()
    assert.same({ "The file." }, docs[1].text)
    assert.equal("class", docs[2].kind)
    assert.equal("aelua.Thing", docs[2].type_name)
    assert.same({ { name = "size", optional = false, type = "integer", text = "how large" } }, docs[2].fields)
    assert.equal("Thing:open", docs[3].name)
    assert.equal(15, docs[3].line)
    assert.same({ "path", "options", "on_done" }, docs[3].arguments)
    assert.same({ "..." }, docs[4].arguments)
  end)

  it("have types with spaces read whole", function()
    assert.same({ name = "options", optional = true, type = "{ deep?: boolean, name: string }", text = "what else" },
      docs[3].params[2])
    local on_done = docs[3].params[3]
    assert.same({ "fun(x: number): boolean", "called at the end, or where it failed" }, { on_done.type, on_done.text })
    assert.same({ "on_done", true }, { on_done.name, on_done.optional })
    assert.same({ optional = false, type = "integer", text = "how many" }, docs[3].returns[1])
    assert.same({ optional = false, type = '"a" | "b"', text = "kind which" }, docs[3].returns[2])
  end)
end)

describe("everything public", function()
  it("is documented", function()
    local bare = {}
    catalog.each(catalog.of(ae), function(item)
      if table.concat(item.entry().text) == "" then bare[#bare + 1] = item.path end
    end)
    assert.equal("", table.concat(bare, ", "))
  end)

  it("names what a list of values holds", function()
    assert.equal("ae.data.shapes.sizes\n  how many values each factor has: 3, 6, 40, 32, 32", help.text(ae, "data.shapes.sizes"))
    assert.matches("mutual information", help.text(ae, "latent.nmi"))
    assert.matches("Initialisers of weights", help.text(ae, "nn.init"))
  end)

  it("of ae.nn points to no source file", function()
    local pointing = {}
    catalog.each(catalog.of(ae), function(item)
      local named = item.path:find("^ae%.nn%.") and terminal.render(item.entry()):match("[%w_/]+%.lua")
      if named then pointing[#pointing + 1] = ("%s: %s"):format(item.path, named) end
    end)
    assert.equal("", table.concat(pointing, ", "))
  end)

  it("of the operations says what each input, attribute and result is", function()
    local bare = {}
    for _, name in ipairs(core.operations()) do
      local operation = core.describe(name)
      local told = operation.doc and operation.result
      for _, input in ipairs(operation.inputs) do told = told and input.doc and input.doc ~= "" end
      for _, attribute in ipairs(operation.attributes) do told = told and attribute.doc and attribute.doc ~= "" end
      if not told then bare[#bare + 1] = name end
    end
    assert.equal("", table.concat(bare, ", "))
  end)

  -- The double build knows one more name of a type; what is written is made by the float build.
  if ae.real == "f32" then
    it("stands in docs/reference.md as it is now (scripts/make-docs)", function()
      assert.is_true(read("docs/reference.md") == reference.render(ae), "docs/reference.md is not current")
    end)
    it("stands in docs/annotations.lua as it is now (scripts/make-docs)", function()
      assert.is_true(read("docs/annotations.lua") == annotations.render(), "docs/annotations.lua is not current")
    end)
  end
end)
