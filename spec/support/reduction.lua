--- Cases that every reduction over a set of dimensions is held to.
local M = {}

--- Shapes and dimensions for op.random: each place that reduced dimensions can have, sizes of 1 and odd ones, and
--- enough elements for chunks, blocks and several threads.
M.cases = {
  { {} }, { { 1 } }, { { 7 }, attrs = { dims = 1 } }, { { 3, 4 } }, { { 3, 4 }, attrs = { dims = { 1 } } },
  { { 3, 4 }, attrs = { dims = { -1 }, keepdim = true } }, { { 2, 3, 4 }, attrs = { dims = { 1, 3 } } },
  { { 2, 3, 4 }, attrs = { dims = 2, keepdim = true } }, { { 2, 1, 3, 1 }, attrs = { dims = { 2, 3 } } },
  { { 2, 3, 2, 3 }, attrs = { dims = { 2, 4 }, keepdim = true } }, { { 3, 0 }, attrs = { dims = 1 } },
  { { 41, 3 }, attrs = { dims = 1 } }, { { 2, 67 }, attrs = { dims = 2 } },
  { { 300, 5 }, attrs = { dims = 2 }, large = true }, { { 300, 5 }, attrs = { dims = 1 }, large = true },
  { { 70, 300 }, attrs = { dims = 1 }, large = true }, { { 30, 11, 40 }, attrs = { dims = { 1, 3 } }, large = true },
}

--- Cases for op.refuses.
function M.refusals(name)
  return {
    { { { 1, 2 } }, attrs = { dims = 3 }, code = "shape", says = { name, "dimension", "got 3" } },
    { { { 1, 2 } }, attrs = { dims = 0 }, code = "shape", says = { name, "dimension" } },
    { { { 1, 2 } }, attrs = { dims = { 1, -2 } }, code = "invalid", says = { name, "named twice" } },
    { 2, attrs = { dims = 1 }, code = "type", says = name },
    { { { 1, 2 } }, attrs = { keepdims = true }, code = "invalid", says = { name, "keepdims", "keepdim" } },
    { { { 1, 2 } }, attrs = { keepdim = 1 }, code = "invalid", says = { name, "keepdim" } },
  }
end

return M
