-- Expected texts are NumPy's (2.x, str(array)), with type and shape behind them.
local ae = require "aelua"

local real = ae.real

local function shows(text, t) assert.equal(text, tostring(t)) end

describe("printing", function()
  it("aligns decimals", function()
    shows(("[[0.5  1.  ]\n [2.   3.25]] %s [2, 2]"):format(real), ae.tensor { { 0.5, 1 }, { 2, 3.25 } })
    shows(("[ 1.   -2.5  10.25] %s [3]"):format(real), ae.tensor { 1, -2.5, 10.25 })
    shows(("[0. 0.] %s [2]"):format(real), ae.tensor { 0, 0 })
    shows(("[-0.125] %s [1]"):format(real), ae.tensor { -0.125 })
  end)

  it("shows as many digits as tell numbers apart, 8 decimals at most", function()
    local third = real == "f64" and "0.33333333" or "0.33333334"
    shows(("[%s] %s [1]"):format(third, real), ae.tensor { 1 / 3 })
    shows(("[0.1 0.2 0.3] %s [3]"):format(real), ae.tensor { 0.1, 0.2, 0.3 })
  end)

  it("turns to scientific notation where numbers differ much", function()
    shows(("[1.e-05 1.e+00] %s [2]"):format(real), ae.tensor { 1e-5, 1 })
    shows(("[1.00e+00 1.25e+03] %s [2]"):format(real), ae.tensor { 1, 1250 })
    shows(("[ 1.e+08 -1.e+10] %s [2]"):format(real), ae.tensor { 1e8, -1e10 })
    shows(("[1.e-05    nan] %s [2]"):format(real), ae.tensor { 1e-5, 0 / 0 })
    shows(("[0.00012345 0.1       ] %s [2]"):format(real), ae.tensor { 0.00012345, 0.1 })
    shows(real == "f64" and "[1234567.] f64 [1]" or "[1.234567e+06] f32 [1]", ae.tensor { 1234567 })
    shows(("[1.e-30 1.e+30] %s [2]"):format(real), ae.tensor { 1e-30, 1e30 })
  end)

  it("shows what is no number", function()
    shows(("[ nan  inf -inf] %s [3]"):format(real), ae.tensor { 0 / 0, 1 / 0, -1 / 0 })
    shows(("[ 1. nan] %s [2]"):format(real), ae.tensor { 1, 0 / 0 })
    shows(("[ 1.5 -inf] %s [2]"):format(real), ae.tensor { 1.5, -1 / 0 })
  end)

  it("aligns whole numbers", function()
    shows("[[  1 255]\n [ 30   4]] u8 [2, 2]", ae.tensor({ { 1, 255 }, { 30, 4 } }, { dtype = "u8" }))
    shows("[-5 10] i32 [2]", ae.tensor({ -5, 10 }, { dtype = "i32" }))
  end)

  it("shows single numbers and empty tensors", function()
    shows(("3.5 %s []"):format(real), ae.tensor(3.5))
    shows(("[] %s [0]"):format(real), ae.tensor {})
    shows(("[] %s [2, 0]"):format(real), ae.tensor { {}, {} })
  end)

  it("parts blocks with blank lines", function()
    shows(("[[[1. 2.]\n  [3. 4.]]\n\n [[5. 6.]\n  [7. 8.]]] %s [2, 2, 2]"):format(real),
      ae.tensor { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } })
  end)

  it("ends no line with the spaces that align its numbers", function()
    local list = {}
    for i = 1, 13 do list[i] = i % 6 == 0 and 0.5 or 0.12345678 + i end
    for line in tostring(ae.tensor(list)):gmatch("[^\n]+") do assert.is_nil(line:find(" $")) end
    assert.truthy(tostring(ae.tensor { 0.25, 0.5 }):find("[0.25 0.5 ]", 1, true))
  end)
  it("wraps lines at 75 columns", function()
    local list = {}
    for i = 1, 30 do list[i] = i end
    shows(("[ 1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17. 18.\n"
      .. " 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29. 30.] %s [30]"):format(real), ae.tensor(list))
  end)

  it("abbreviates beyond 1000 elements", function()
    local list = {}
    for i = 1, 1001 do list[i] = i - 1 end
    shows("[   0    1    2 ...  998  999 1000] i32 [1001]", ae.tensor(list, { dtype = "i32" }))
    local rows = {}
    for i = 1, 40 do
      rows[i] = {}
      for j = 1, 30 do rows[i][j] = (i - 1) * 30 + j - 1 end
    end
    shows(table.concat({
      "[[   0    1    2 ...   27   28   29]",
      " [  30   31   32 ...   57   58   59]",
      " [  60   61   62 ...   87   88   89]",
      " ...",
      " [1110 1111 1112 ... 1137 1138 1139]",
      " [1140 1141 1142 ... 1167 1168 1169]",
      " [1170 1171 1172 ... 1197 1198 1199]] i32 [40, 30]" }, "\n"), ae.tensor(rows, { dtype = "i32" }))
  end)

  it("abbreviates in every dimension, and parts the blocks all the same", function()
    local blocks = {}
    for i = 1, 8 do
      blocks[i] = {}
      for j = 1, 9 do
        blocks[i][j] = {}
        for k = 1, 20 do blocks[i][j][k] = ((i - 1) * 9 + j - 1) * 20 + k - 1 end
      end
    end
    local text = tostring(ae.tensor(blocks, { dtype = "i32" }))
    local _, lines = text:gsub("\n", "\n")
    assert.equal(6 * 6 + 6 * 2, lines)
    assert.truthy(text:find("  [ 520  521  522 ...  537  538  539]]\n\n ...\n\n [[ 900  901  902", 1, true))
  end)

  it("says of a freed tensor that it is", function()
    local t = ae.tensor { 1 }
    t:free()
    assert.equal("tensor (freed)", tostring(t))
  end)
end)
