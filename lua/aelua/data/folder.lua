--- Folders of data in training and test part, told by the names of the files:
---   MNIST and its like    train-images-idx3-ubyte, t10k-labels-idx1-ubyte, ...
---                         ("train"; "test" or "t10k"; "label"), plain or gzipped
---   tables                ECG5000_TRAIN.txt, test.csv, ...
--- Where a file is there both plain and gzipped, the plain one is read.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local M = {}

---@class aelua.FolderPart
---@field input? string path
---@field labels? string path

local function part_of(name)
  name = name:lower()
  if name:find("train", 1, true) then return "train" end
  if name:find("t10k", 1, true) or name:find("test", 1, true) then return "test" end
  return nil
end

local function put(part, role, path, who)
  local other = part[role]
  if other == path .. ".gz" then
    part[role] = path
  elseif other and path ~= other .. ".gz" then
    errors.raise("format", ("%s: '%s' and '%s' are both %s of one part; load one file by its path"):format(who, other,
      path, role == "labels" and "labels" or "samples"))
  elseif not other then
    part[role] = path
  end
end

local table_endings = { csv = true, tsv = true, txt = true, data = true, gz = true }
local picture_endings = { png = true, jpg = true, jpeg = true }

local function ending(name) return (name:match("%.([^.]+)$") or ""):lower() end

--- What a folder holds.
---@param who string
---@param path string
---@return "idx"|"table"|nil kind nil: none of these
---@return table<string, aelua.FolderPart> parts by "train" and "test"
---@return boolean pictures whether there are pictures or folders instead
function M.find(who, path)
  local found = { idx = {}, table = {} }
  local pictures = false
  for _, name in ipairs(core.list_folder(path, who)) do
    local full = path .. "/" .. name
    local picture = picture_endings[ending(name)]
    local kind = picture and "picture" or core.file_kind(full, who)
    pictures = pictures or picture or kind == "folder" or false
    local part = part_of(name)
    if kind == "idx" then
      local group = found.idx[part or "train"] or {}
      found.idx[part or "train"] = group
      put(group, name:lower():find("label", 1, true) and "labels" or "input", full, who)
    elseif kind == "text" and part and table_endings[ending(name)] then
      found.table[part] = found.table[part] or {}
      put(found.table[part], "input", full, who)
    end
  end
  for _, kind in ipairs { "idx", "table" } do
    if next(found[kind]) then return kind, found[kind], pictures end
  end
  return nil, {}, pictures
end

return M
