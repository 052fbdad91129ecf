---@meta
-- The functions of `ae` that are written in C and are no operations
-- (src/bind), for help and for language servers. Never run.

---@class aelua
local ae = {}

--- A tensor from a number or from nested tables, row by row: `ae.tensor { { 1, 2 }, { 3, 4 } }`.
--- Errors: shape, where rows differ in length; invalid, where a value does not fit the type.
---
--- A tensor `t` has `t.shape`, `t.ndim`, `t.dtype`, `t.grad`, `t.requires_grad` and `#t` (its first dimension), every
--- operation as a method, and + - * / ^. Indices count from 1, or from -1 backwards; past the end is an error:
---
---   t[i]                      one of the first dimension, which goes
---   t[{ i, { a, b }, {} }]    of each dimension an index, a range with both ends, or all
---   t[rows]                   of the first dimension, those that an i32 tensor names
---   t[mask]                   those, or the elements, where a u8 tensor is not 0
---
--- What lies in one piece shares t's memory, the rest is a copy; gradients flow through each. Assigning a number or a
--- tensor to one writes into t, broadcasting: `t[mask] = 0`. That is not recorded, so a tensor in a graph is assigned
--- to inside `ae.no_grad` only.
---@param values table|number
---@param options? { dtype?: "f32"|"u8"|"i32" } default f32
---@return aelua.Tensor
function ae.tensor(values, options) end

--- Whether `value` is a tensor.
---@param value any
---@return boolean
function ae.is_tensor(value) end

--- Begins the stream of random numbers anew. The same seed gives the same numbers, whatever the number of threads.
---@param n integer
function ae.seed(n) end

--- Sets the number of threads, where it is given. At the start it is AELUA_THREADS from the environment, else the
--- number of processors.
---@param n? integer
---@return integer # how many there are now
function ae.threads(n) end

--- Seconds since some moment in the past; never runs backwards.
---@return number
function ae.clock() end

--- What tensors hold, in bytes: `live` now, `peak` at most so far, `held` with the cache, `budget` (0: no limit).
--- Convolutions without gradients keep their parameters packed beside them, which counts as live; not under a budget.
--- `system_calls` and `op_calls` count blocks asked of the system and operations run.
---@return { live: integer, peak: integer, held: integer, budget: integer, system_calls: integer, op_calls: integer }
function ae.memory() end

--- Sets the most that tensors may hold. Past it an operation fails with the error code "memory".
---@param bytes integer 0: no limit
function ae.budget(bytes) end

--- What computes here: versions, kernels and threading of the libraries (empty: none), whether products and convolutions
--- may go to AMX, and the instruction set. Loads them.
--- `convolutions` lists those computed so far, forward, gradient of the data and of the weights apart, with the way that
--- serves them (`ae.tune`), and where they were measured what each way takes. A transposed convolution's forward is the
--- gradient of the data.
---@return { blas: string, onednn: string, amx: string, isa: string, convolutions: aelua.ConvolutionChoice[] }
function ae.kernels() end

---@class aelua.ConvolutionChoice
---@field input integer[] [N,H,W,C]
---@field kernel integer[] [R,S,C/groups,K]
---@field output integer[] [N,P,Q,K]
---@field stride integer[] along height and width
---@field direction "forward"|"data"|"weights"
---@field way "direct"|"tiles"|"depthwise"|"onednn"|"amx"
---@field threads integer
---@field ms? table<string, number> milliseconds of each way, where they were measured

--- Calls a function during which nothing is recorded for gradients.
---@param fn function
---@param ... any its arguments
---@return any ... what it returns
function ae.no_grad(fn, ...) end

--- Runs fn(...) and releases, as soon as it ends, every tensor that it made. What survives: what fn returns (also in
--- tables), what it gave to `ae.scope.keep`, and leaves on which `require_grad` was called. Parameters keep their
--- gradients. Any other use of a released tensor is an error. Nothing yields out of a scope.
---@param fn function
---@param ... any its arguments
---@return any ... what it returns
function ae.scope(fn, ...) end

--- Takes tensors, or tables of them, out of every scope.
---@param ... any
---@return any ... its arguments
function ae.scope.keep(...) end

--- Prints the documentation of an operation, a class or an object of it, a function or a namespace, given by name or
--- as it is: `ae.help "dense"`, `ae.help(ae.nn.Dense)`, `ae.help "Autoencoder:fit"`.
---@param what? any
function ae.help(what) end

return ae
