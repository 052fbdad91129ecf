--- `ae.io`: strings of bytes: deflated, as tensors, in files. What a format of
--- one's own is made of, with Lua's string.pack for its header.
---
---   ae.io.write("codes.bin", ae.io.deflate(ae.io.bytes(codes)))
---   local codes = ae.io.tensor(ae.io.inflate(ae.io.read("codes.bin")), { 100, 7, 7, 8 }, "u8")
local core = require "aelua.core"
local names = require "aelua.base.names"
local options = require "aelua.base.options"

local M = {}

local deflated = { level = { type = "integer", min = 0, max = 9, default = 6 } }
local capped = { cap = { type = "integer", min = 0, max = 1 << 40, default = 1 << 30 } }

--- Bytes made smaller: zlib's format (RFC 1950), which ends with a checksum.
---@param bytes string
---@param given? { level?: integer } 0 (stored) to 9 (smallest), default 6
---@return string
function M.deflate(bytes, given) return core.deflate(bytes, options.check("io.deflate", given, deflated).level) end

--- What was deflated. Errors: format, where the bytes are damaged, cut short, or
--- others follow; unsupported, where they stand for more than `cap`.
---@param bytes string
---@param given? { cap?: integer } the most bytes to take, default 2^30
---@return string
function M.inflate(bytes, given) return core.inflate(bytes, options.check("io.inflate", given, capped).cap) end

--- The elements of a tensor in row order, little-endian: u8 1 byte each, i32 4, f32 4
--- (in the double build too).
---@param t aelua.Tensor
---@return string
function M.bytes(t) return core.tensor_bytes(t) end

--- The tensor whose elements the bytes are, as `bytes` gives them.
---@param bytes string
---@param shape integer[]
---@param dtype? "u8"|"i32"|"f32" default "u8"
---@return aelua.Tensor
function M.tensor(bytes, shape, dtype) return core.bytes_tensor(bytes, shape, dtype or "u8") end

--- The bytes of a file, gzip undone.
---@param path string
---@param given? { cap?: integer } the most bytes to take, default 2^30; a larger file is an error
---@return string
function M.read(path, given) return core.read_file(path, options.check("io.read", given, capped).cap, "io.read") end

--- Writes a file, whole or not at all.
---@param path string
---@param bytes string
function M.write(path, bytes) core.write_file(path, bytes, "io.write") end

--- The names in a folder, in byte order, without those that begin with a dot.
---@param folder string
---@return string[]
function M.list(folder) return core.list_folder(folder, "io.list") end

return names.strict(M, "io")
