local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

local inf, nan = math.huge, 0 / 0

describe("sort", function()
  op.values("sort", {
    { { 3, 1, 2 }, outputs = { { 1, 2, 3 }, { 2, 3, 1 } } },
    { { 3, 1, 2 }, attrs = { descending = true }, outputs = { { 3, 2, 1 }, { 1, 3, 2 } } },
    { { { 3, 1 }, { 2, 4 } }, attrs = { dim = 1 }, outputs = { { { 2, 1 }, { 3, 4 } }, { { 2, 1 }, { 1, 2 } } } },
    { { 1, nan, -inf, inf, nan }, outputs = { { -inf, 1, inf, nan, nan }, { 3, 1, 4, 2, 5 } }, name = "nan last" },
    { { 1, nan, -inf, inf, nan }, attrs = { descending = true },
      outputs = { { nan, nan, inf, 1, -inf }, { 2, 5, 4, 1, 3 } },
      name = "nan first when descending" },
    { { 0.0, -0.0, 0.0 }, outputs = { { 0, 0, 0 }, { 1, 2, 3 } }, name = "zeros of both signs are equal" },
    { op.u8 { 9, 0, 255 }, outputs = { { 0, 9, 255 }, { 2, 1, 3 } }, dtype = "u8" },
    { op.i32 { 5, -2147483648, 2147483647 }, outputs = { { -2147483648, 5, 2147483647 }, { 2, 1, 3 } }, dtype = "i32" },
    { values.shaped({}, { 2, 0 }), outputs = { { {}, {} }, { {}, {} } }, name = "nothing" },
  })
  op.fixtures("sort", "reductions")
  op.random("sort", { spread = true, low = -40, high = 40, ulps = 0, grad_ulps = 0 }, {
    { { 3, 4 } }, { { 1 } }, { { 3, 4 }, attrs = { dim = 1, descending = true } }, { { 2, 3, 4 }, attrs = { dim = 2 } },
    { { 0, 2 } }, { { 2, 60 } }, { { 60, 2 }, attrs = { dim = 1 } }, { { 3, 1501 }, large = true },
    { { 1501, 3 }, attrs = { dim = 1, descending = true }, large = true },
  })
  op.refuses("sort", {
    { { 1, 2 }, attrs = { dim = 2 }, code = "shape", says = { "sort", "got 2" } },
    { { 1, 2 }, attrs = { descending = 1 }, code = "invalid", says = { "sort", "descending" } },
    { values.shaped({ 1 }, {}), code = "shape", says = "no dimensions" },
  })

  it("keeps equal elements in order, and orders many", function()
    local x = ae.randint({ 20000 }, -50, 50)
    for _, descending in ipairs { false, true } do
      local sorted, places = x:sort { descending = descending }
      local given, v, p = values.flat(x), values.flat(sorted), values.flat(places)
      for i = 1, #v do
        assert(given[p[i]] == v[i])
        if i > 1 then
          local before = descending and v[i - 1] > v[i] or not descending and v[i - 1] < v[i]
          assert(before or (v[i - 1] == v[i] and p[i - 1] < p[i]))
        end
      end
    end
  end)
end)

describe("topk", function()
  op.values("topk", {
    { { 3, 1, 2 }, attrs = { k = 2 }, outputs = { { 3, 2 }, { 1, 3 } } },
    { { 3, 1, 2 }, attrs = { k = 2, largest = false }, outputs = { { 1, 2 }, { 2, 3 } } },
    { { { 3, 1 }, { 2, 4 } }, attrs = { k = 1, dim = 1 }, outputs = { { { 3, 4 } }, { { 1, 2 } } } },
    { { 5, 5, 5 }, attrs = { k = 2 }, outputs = { { 5, 5 }, { 1, 2 } }, name = "the first of equal ones" },
    { { 1, nan, inf }, attrs = { k = 2 }, outputs = { { nan, inf }, { 2, 3 } }, name = "a nan is the largest" },
    { { 1, 2 }, attrs = { k = 0 }, outputs = { {}, {} } },
    { op.u8 { 9, 0, 255 }, attrs = { k = 1 }, outputs = { { 255 }, { 3 } }, dtype = "u8" },
  })
  op.fixtures("topk", "reductions")
  op.random("topk", { spread = true, low = -40, high = 40, ulps = 0, grad_ulps = 0 }, {
    { { 3, 4 }, attrs = { k = 2 } }, { { 1 }, attrs = { k = 1 } }, { { 3, 4 },
      attrs = { k = 3, dim = 1, largest = false } },
    { { 2, 3, 4 }, attrs = { k = 1, dim = 2 } }, { { 0, 2 }, attrs = { k = 2 } }, { { 2, 60 }, attrs = { k = 55 } },
    { { 2, 60 }, attrs = { k = 5, largest = false } }, { { 3, 1501 }, attrs = { k = 100 }, large = true },
  })
  op.refuses("topk", {
    { { 1, 2 }, code = "invalid", says = { "topk", "k" } },
    { { 1, 2 }, attrs = { k = 3 }, code = "invalid", says = "topk: k wants 0 to 2, the size of dimension 1, got 3" },
    { { 1, 2 }, attrs = { k = -1 }, code = "invalid", says = "topk: k wants 0 to 2" },
  })
end)
