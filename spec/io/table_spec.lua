local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

describe("text tables", function()
  local folder
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  local function read(text, options) return core.read_table(files.write(folder .. "/x.csv", text), options) end
  local function refuses(code, says, text, options) files.refuses(code, says, read, text, options) end

  it("are found out: delimiter", function()
    for _, text in ipairs {
      "1,2,3\n4,5,6\n", "1;2;3\n4;5;6", "1\t2\t3\n4\t5\t6\n", "1|2|3\n4|5|6\n", "1 2 3\n4 5 6\n", "  1   2\t3\n 4 5  6  \n",
      "1, 2, 3\r\n4, 5, 6\r\n", "\xef\xbb\xbf1,2,3\n\n# a comment\n4,5,6\n\n", '"1","2","3"\n"4","5","6"', "1,2,3\r4,5,6\r",
    } do
      files.same({ { 1, 2, 3 }, { 4, 5, 6 } }, read(text).values)
    end
    files.same({ { 1 }, { 2 } }, read("1\n2\n").values)
    files.same({ { 1.5, 2 } }, read("1,5;2\n", { decimal = "," }).values)
    files.same({ { 1, 2 } }, read("1:2\n", { delimiter = ":" }).values)
  end)

  it("are found out: header and names of columns", function()
    local t = read("height, \"weight \"\"kg\"\"\"\n1,2\n")
    assert.same({ "height", 'weight "kg"' }, t.columns)
    files.same({ { 1, 2 } }, t.values)
    assert.is_nil(read("1,2\n3,4\n").columns)
    assert.same({ 1, 2 }, read("7,8\n3,4\n", { header = true }).values.shape)
    refuses("format", "line 1 may be a header or data", "1,x3\n2,3\n")
    refuses("format", "wanted a number, got 'a'", "a,b\n2,3\n", { header = false, label = false })
    refuses("format", "a header and no rows", "a,b\n")
  end)

  it("are found out: labels by name or by being text", function()
    local t = read("x,label,y\n1,7,2\n3,5,4\n5,7,6\n")
    assert.same({ "5", "7" }, t.classes)
    files.same({ 2, 1, 2 }, t.labels)
    files.same({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, t.values)
    assert.same({ "x", "y" }, t.columns)
    assert.equal("label", t.label)
    t = read("5.1,setosa\n4.9,virginica\n6.0,setosa\n")
    assert.same({ "setosa", "virginica" }, t.classes)
    files.same({ 1, 2, 1 }, t.labels)
    refuses("format", "columns 1 and 3 both hold text", "a,1,b\nc,2,d\n")
  end)

  it("take the label that is asked for", function()
    local text = "1,10,3\n2,9,4\n1,10,5\n"
    for _, label in ipairs { 2, -2 } do
      local t = read(text, { label = label })
      assert.same({ "9", "10" }, t.classes)
      files.same({ 2, 1, 2 }, t.labels)
      files.same({ { 1, 3 }, { 2, 4 }, { 1, 5 } }, t.values)
    end
    assert.equal("b", read("a,b\n1,2\n", { label = "b" }).label)
    assert.is_nil(read("a,label\n1,2\n", { label = false }).labels)
    refuses("invalid", "wanted column 4", text, { label = 4 })
    refuses("invalid", "wanted column 0", text, { label = 0 })
    refuses("invalid", "no column is called 'c'", "a,b\n1,2\n", { label = "c" })
    refuses("invalid", "no header names columns", text, { label = "c" })
    refuses("format", "the label is the table's only column", "1\n2\n", { label = 1 })
  end)

  it("keep the names of classes, in order: numbers by size, then texts", function()
    local t = read("1,b\n1,10\n1,9.0\n1,a\n1,9\n1,-2.5\n1, 1.0000000e+00\n", { label = 2 })
    assert.same({ "-2.5", "1", "9", "10", "a", "b" }, t.classes)
    files.same({ 6, 4, 3, 5, 3, 1, 2 }, t.labels)
    assert.same({ 'a "b", c', "d" }, read('1,d\n2,"a ""b"", c"\n').classes)
  end)

  it("round as strtod does, whatever the locale", function()
    local numbers = { "0.1", "1e22", "1e23", "-1e-5", "123456789012345678", "0.000000000000000000001234", "3.14159265358979",
      "9007199254740993", "+7", "1E+2", ".5", "5.", "1e-30", "17976931348623157e20" }
    for _, locale in ipairs { "C", "de_DE.UTF-8" } do
      if os.setlocale(locale) then
        local got = read(table.concat(numbers, " ")).values
        os.setlocale("C")
        local wanted = {}
        for i, text in ipairs(numbers) do wanted[i] = tonumber(text) end
        files.same(ae.tensor { wanted }, got)
      end
    end
    os.setlocale("C")
  end)

  it("with what is missing or no number are refused, with line and column", function()
    for _, missing in ipairs { "", "?", "NA", "nan", "null", "N/A" } do
      refuses("format", { "line 3, column 2: the value is missing" }, ("1,2\n3,4\n5,%s\n"):format(missing))
    end
    refuses("format", "line 2, column 2 ('b'): the value is missing", "a,b\n1,\n")
    refuses("format", "line 2, column 1: wanted a number, got 'x'", "1,2\nx,3\n")
    refuses("format", "wanted a number, got '0x10'", "1,2\n0x10,3\n")
    refuses("format", "wanted a number, got 'inf'", "1,2\n3,inf\n")
    refuses("format", "wanted a number, got '1e'", "1,2\n3,1e\n")
    refuses("format", "within range, got '1e999'", "1,2\n3,1e999\n")
    refuses("format", "line 2: wanted 2 fields as in the first row, got 3", "1,2\n3,4,5\n")
    refuses("format", "line 2: wanted 2 fields as in the first row, got 1", "1,2\n3\n")
    refuses("format", "line 2: wanted 2 fields as in the first row, got 3", "a,b\n1,2,x\n")
    refuses("format", "line 2: a quote begins that never ends", '1,2\n"3,4\n')
    refuses("format", "line 1: text goes on after a closing quote", '"1"x,2\n')
    refuses("format", "the table is empty", "\n# nothing\n")
    refuses("format", "the table is empty", "")
    refuses("format", "zero bytes", "1,2\n3,\0\n")
    refuses("format", "line 2, column 2: the value is missing", "1,a\n2,\n", { label = 2 })
  end)

  it("count lines within quotes", function()
    refuses("format", "line 4, column 1", 'x,label\n1,"two\nlines"\noops,b\n')
    assert.same({ "b", "two\nlines" }, read('x,label\n1,"two\nlines"\n2,b\n').classes)
  end)

  it("may be whole numbers 0..255 as u8", function()
    local t = read("0,255\n7,8\n", { dtype = "u8" }).values
    assert.equal("u8", t.dtype)
    files.same({ { 0, 255 }, { 7, 8 } }, t)
    refuses("format", "wanted a whole number 0..255 for u8, got '256'", "0,256\n", { dtype = "u8" })
    refuses("format", "got '0.5'", "0,0.5\n", { dtype = "u8" })
  end)

  it("refuse labels that are no classes", function()
    local rows = {}
    for i = 1, 65537 do rows[i] = ("1,%d.5"):format(i) end
    refuses("format", "more than 65536 different values", table.concat(rows, "\n"), { label = 2 })
  end)

  it("refuse options that they do not know", function()
    refuses("invalid", "no option 'delimeter'; did you mean 'delimiter'?", "1\n", { delimeter = "," })
    refuses("invalid", "delimiter wants one character", "1\n", { delimiter = ",," })
    refuses("invalid", "delimiter wants a character that parts fields", "1\n", { delimiter = "1" })
    refuses("invalid", "header wants true or false, got 1", "1\n", { header = 1 })
    refuses("invalid", "label wants", "1\n", { label = true })
    refuses("invalid", "dtype wants 'f32' or 'u8', got 'i32'", "1\n", { dtype = "i32" })
    refuses("invalid", "decimal wants", "1\n", { decimal = ":" })
    refuses("invalid", "both delimiter and decimal", "1\n", { decimal = ",", delimiter = "," })
    refuses("invalid", "options want a table", "1\n", 3)
  end)

  it("may lie inside the library", function()
    files.refuses("io", "there is no 'nothing' inside", core.embedded_table, "nothing")
  end)
end)
