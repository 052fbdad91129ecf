--- `ae.data`: data sets, where they come from, and scalers.
local Dataset = require "aelua.data.dataset"
local Scaler = require "aelua.data.scaler"
local classes = require "aelua.data.classes"
local dataset = require "aelua.data.dataset_of"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local options = require "aelua.base.options"

local M = {
  load = require "aelua.data.load",
  dataset = dataset,
  Dataset = Dataset,
  Augmentation = require "aelua.data.augmentation",
  Batches = require "aelua.data.batches",
  Scaler = Scaler,
  MinMaxScaler = require "aelua.data.min_max_scaler",
  StandardScaler = require "aelua.data.standard_scaler",
  Sampler = require "aelua.data.sampler",
  SequentialSampler = require "aelua.data.sequential_sampler",
  ShuffleSampler = require "aelua.data.shuffle_sampler",
  WeightedSampler = require "aelua.data.weighted_sampler",
  shapes = require "aelua.data.shapes",
  scaler = { from_config = Scaler.from_config },
}

---@class aelua.TensorsOptions
---@field target? userdata|table<string, userdata> [N, ...], where it is not the input
---@field labels? userdata|any[] a tensor [N] of u8 or i32, or a list of whole numbers or texts: these become the classes
---@field classes? string[] with these, labels are places in them, from 1, or their names

--- A data set of tensors in memory. u8 are pixels: batches hold k/255.
---@param input userdata|table<string, userdata> [N, ...], or named ones
---@param given? aelua.TensorsOptions
---@return aelua.Dataset
function M.tensors(input, given)
  local o = options.check("data.tensors", given, {
    target = { type = { "userdata", "table" } }, labels = { type = { "userdata", "table" } },
    classes = { type = "table" },
  })
  errors.check(o.labels or not o.classes, "invalid", "data.tensors: classes wants labels")
  local labels, class_names
  if o.labels then labels, class_names = classes.number("data.tensors", o.labels, o.classes) end
  return Dataset { input = input, target = o.target, labels = labels, classes = class_names }
end

--- A data set whose targets are another's samples: noisy and clean, small and
--- large. Labels are the input's.
---@param input aelua.Dataset|userdata [N, ...]
---@param target aelua.Dataset|userdata [N, ...]
---@return aelua.Dataset
function M.pairs(input, target, ...)
  options.no_more("data.pairs", "two data sets", ...)
  local from, to = dataset(input), dataset(target)
  local samples, targets = from:fields("data.pairs"), to:fields("data.pairs")
  return Dataset {
    input = samples, target = targets, labels = from.label and from:labels(), classes = from.classes,
  }
end

return names.strict(M, "data")
