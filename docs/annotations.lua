---@meta aelua
-- Made by scripts/make-docs from the operations' descriptors in src/op.

---@class aelua
local ae = {}

---@class aelua.Tensor
local Tensor = {}

--- Absolute value of each element. The gradient at 0 is 0.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.abs(x) end

--- Absolute value of each element. The gradient at 0 is 0.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:abs() end

--- a + b, element by element, broadcasting.
--- Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function ae.add(a, b) end

--- a + b, element by element, broadcasting.
--- Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function Tensor:add(b) end

--- Whether every element over dimensions is other than 0; nan counts as other. Of nothing: 1.
--- No gradient: the result is 0 or 1, constant almost everywhere.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] u8, 1 where there is no 0
function ae.all(x, dims, keepdim) end

--- Whether every element over dimensions is other than 0; nan counts as other. Of nothing: 1.
--- No gradient: the result is 0 or 1, constant almost everywhere.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] u8, 1 where there is no 0
function Tensor:all(dims, keepdim) end

--- Whether any element over dimensions is other than 0; nan counts as other. Of nothing: 0.
--- No gradient: the result is 0 or 1, constant almost everywhere.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] u8, 1 where there is one
function ae.any(x, dims, keepdim) end

--- Whether any element over dimensions is other than 0; nan counts as other. Of nothing: 0.
--- No gradient: the result is 0 or 1, constant almost everywhere.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] u8, 1 where there is one
function Tensor:any(dims, keepdim) end

--- Numbers from start on, before stop, at a distance of step. arange(n) is 0 to n - 1.
--- No gradient: it has no inputs.
---@param start number|table the first number
---@param stop? number ends before this number; default: start alone is stop, and the first number 0
---@param step? number from one to the next, other than 0; default 1
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [ceil((stop - start) / step)] of the type asked for
function ae.arange(start, stop, step, dtype) end

--- Where the largest element is, counted from 1: along one dimension, or in all of x in row-major order. The first of several; a nan is larger than everything. Raises where there is nothing to search.
--- No gradient: a place does not change with small changes of x.
---@param x aelua.Tensor [any shape]
---@param dim? integer|table the dimension to search; default: all, in row-major order
---@param keepdim? boolean keep what was searched with size 1; default false
---@return aelua.Tensor # [the other dimensions] i32 places
function ae.argmax(x, dim, keepdim) end

--- Where the largest element is, counted from 1: along one dimension, or in all of x in row-major order. The first of several; a nan is larger than everything. Raises where there is nothing to search.
--- No gradient: a place does not change with small changes of x.
---@param dim? integer|table the dimension to search; default: all, in row-major order
---@param keepdim? boolean keep what was searched with size 1; default false
---@return aelua.Tensor # [the other dimensions] i32 places
function Tensor:argmax(dim, keepdim) end

--- Where the smallest element is, counted from 1: along one dimension, or in all of x in row-major order. The first of several; a nan is smaller than everything. Raises where there is nothing to search.
--- No gradient: a place does not change with small changes of x.
---@param x aelua.Tensor [any shape]
---@param dim? integer|table the dimension to search; default: all, in row-major order
---@param keepdim? boolean keep what was searched with size 1; default false
---@return aelua.Tensor # [the other dimensions] i32 places
function ae.argmin(x, dim, keepdim) end

--- Where the smallest element is, counted from 1: along one dimension, or in all of x in row-major order. The first of several; a nan is smaller than everything. Raises where there is nothing to search.
--- No gradient: a place does not change with small changes of x.
---@param dim? integer|table the dimension to search; default: all, in row-major order
---@param keepdim? boolean keep what was searched with size 1; default false
---@return aelua.Tensor # [the other dimensions] i32 places
function Tensor:argmin(dim, keepdim) end

--- The mean of every window along a signal, for each channel.
--- At the border the mean is over the elements of x that the window meets, as in TensorFlow and Keras; with count_padding over the whole window, as in PyTorch. Errors: another number of dimensions, a window larger than x with its padding.
---@param x aelua.Tensor [N, T, C] signals
---@param size integer|integer[]|table of the window
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd element is at the end), or numbers less than size: one for both ends, {before, after}
---@param count_padding? boolean whether padding counts as elements that are 0; default false
---@return aelua.Tensor # [N, P, C]
function ae.avg_pool1d(x, size, stride, padding, count_padding) end

--- The mean of every window along a signal, for each channel.
--- At the border the mean is over the elements of x that the window meets, as in TensorFlow and Keras; with count_padding over the whole window, as in PyTorch. Errors: another number of dimensions, a window larger than x with its padding.
---@param size integer|integer[]|table of the window
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd element is at the end), or numbers less than size: one for both ends, {before, after}
---@param count_padding? boolean whether padding counts as elements that are 0; default false
---@return aelua.Tensor # [N, P, C]
function Tensor:avg_pool1d(size, stride, padding, count_padding) end

--- The mean of every window over a picture, for each channel.
--- At the border the mean is over the elements of x that the window meets, as in TensorFlow and Keras; with count_padding over the whole window, as in PyTorch. Errors: another number of dimensions, a window larger than x with its padding.
---@param x aelua.Tensor [N, H, W, C] pictures
---@param size integer|integer[]|table of the window: a number or {height, width}
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd row or column is at the end), or numbers less than size: one for all sides, {height, width}, {top, bottom, left, right}
---@param count_padding? boolean whether padding counts as elements that are 0; default false
---@return aelua.Tensor # [N, P, Q, C]
function ae.avg_pool2d(x, size, stride, padding, count_padding) end

--- The mean of every window over a picture, for each channel.
--- At the border the mean is over the elements of x that the window meets, as in TensorFlow and Keras; with count_padding over the whole window, as in PyTorch. Errors: another number of dimensions, a window larger than x with its padding.
---@param size integer|integer[]|table of the window: a number or {height, width}
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd row or column is at the end), or numbers less than size: one for all sides, {height, width}, {top, bottom, left, right}
---@param count_padding? boolean whether padding counts as elements that are 0; default false
---@return aelua.Tensor # [N, P, Q, C]
function Tensor:avg_pool2d(size, stride, padding, count_padding) end

--- Every channel (last dimension) to mean 0 and variance 1 over all other dimensions, then scaled and shifted: f((x - mean) / sqrt(var + epsilon) * scale + shift).
--- Without mean and var those of x are taken (training), with them these (evaluation). The variance is the biased one. nn.BatchNorm keeps running ones. Ioffe, Szegedy 2015. Errors: shapes that do not fit, one of mean and var alone, no rows.
---@param x aelua.Tensor [..., C]
---@param scale? aelua.Tensor may be nil; [C] (gamma); absent: 1
---@param shift? aelua.Tensor may be nil; [C] (beta); absent: 0
---@param mean? aelua.Tensor may be nil; [C] to use instead of x's
---@param var? aelua.Tensor may be nil; [C] to use instead of x's
---@param epsilon? number|table added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)
---@param activation? "linear"|"relu" "linear" (the default) or "relu"
---@return aelua.Tensor # [..., C] y; [C] the mean used; [C] the variance used
---@return aelua.Tensor
---@return aelua.Tensor
function ae.batch_norm(x, scale, shift, mean, var, epsilon, activation) end

--- Every channel (last dimension) to mean 0 and variance 1 over all other dimensions, then scaled and shifted: f((x - mean) / sqrt(var + epsilon) * scale + shift).
--- Without mean and var those of x are taken (training), with them these (evaluation). The variance is the biased one. nn.BatchNorm keeps running ones. Ioffe, Szegedy 2015. Errors: shapes that do not fit, one of mean and var alone, no rows.
---@param scale? aelua.Tensor may be nil; [C] (gamma); absent: 1
---@param shift? aelua.Tensor may be nil; [C] (beta); absent: 0
---@param mean? aelua.Tensor may be nil; [C] to use instead of x's
---@param var? aelua.Tensor may be nil; [C] to use instead of x's
---@param epsilon? number|table added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)
---@param activation? "linear"|"relu" "linear" (the default) or "relu"
---@return aelua.Tensor # [..., C] y; [C] the mean used; [C] the variance used
---@return aelua.Tensor
---@return aelua.Tensor
function Tensor:batch_norm(scale, shift, mean, var, epsilon, activation) end

--- Random zeros and ones.
--- No gradient: it has no inputs.
---@param shape integer[]|table the sizes
---@param probability? number of a 1; default 0.5
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [shape] of the type asked for; each 1 with the probability given, else 0
function ae.bernoulli(shape, probability, dtype) end

--- The values of a tensor in another type, as a copy; t:to(dtype) runs it where the type changes.
--- Values stay as they are (u8 255 becomes 255; ae.scaled gives 1). To u8 and i32 the fraction is cut off, towards 0: round first where the nearest is wanted. Errors: a value that is then out of range, or nan.
---@param x aelua.Tensor [...] any shape
---@param dtype "f32"|"u8"|"i32"|table "f32", "u8" or "i32"; the double build takes "f64" too, and f32 for it
---@return aelua.Tensor # a tensor of x's shape and the type dtype
function ae.cast(x, dtype) end

--- The values of a tensor in another type, as a copy; t:to(dtype) runs it where the type changes.
--- Values stay as they are (u8 255 becomes 255; ae.scaled gives 1). To u8 and i32 the fraction is cut off, towards 0: round first where the nearest is wanted. Errors: a value that is then out of range, or nan.
---@param dtype "f32"|"u8"|"i32"|table "f32", "u8" or "i32"; the double build takes "f64" too, and f32 for it
---@return aelua.Tensor # a tensor of x's shape and the type dtype
function Tensor:cast(dtype) end

--- The smallest whole number that is not below each element. Its gradient is 0.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.ceil(x) end

--- The smallest whole number that is not below each element. Its gradient is 0.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:ceil() end

--- Each element, or the nearer bound where it is outside them.
--- The gradient is 1 from bound to bound, the bounds themselves included, 0 outside; nan stays nan.
---@param x aelua.Tensor [...] any shape
---@param low? number|table lower bound; default none
---@param high? number upper bound, at least low; default none
---@return aelua.Tensor # a tensor of x's shape
function ae.clamp(x, low, high) end

--- Each element, or the nearer bound where it is outside them.
--- The gradient is 1 from bound to bound, the bounds themselves included, 0 outside; nan stays nan.
---@param low? number|table lower bound; default none
---@param high? number upper bound, at least low; default none
---@return aelua.Tensor # a tensor of x's shape
function Tensor:clamp(low, high) end

--- Tensors side by side along a dimension they have. They agree in type and in the other sizes.
---@param tensors aelua.Tensor[] [.., n, ..] one or more
---@param dim? integer|table the dimension; default 1
---@return aelua.Tensor # [.., the sum of their sizes, ..] of their type
function ae.concat(tensors, dim) end

--- A convolution of signals: f(z + b), z[n,p,k] the sum over r, c of x[n, p*stride + r*dilation - before, c] w[r,c,k], x being 0 outside; in one pass.
--- The kernel is not flipped. Padding "same" is TensorFlow's and Keras's; for PyTorch's padding = n give n. Errors: shapes that do not fit, a kernel longer than x with its padding, groups that do not divide.
---@param x aelua.Tensor [N, T, C] signals
---@param w aelua.Tensor [R, C/groups, K] weights
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table elements from one output to the next; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd element of padding is at the end), or numbers: one for both ends, {before, after}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, K] f(z + b)
function ae.conv1d(x, w, b, stride, padding, dilation, groups, activation, slope, alpha) end

--- A convolution of signals: f(z + b), z[n,p,k] the sum over r, c of x[n, p*stride + r*dilation - before, c] w[r,c,k], x being 0 outside; in one pass.
--- The kernel is not flipped. Padding "same" is TensorFlow's and Keras's; for PyTorch's padding = n give n. Errors: shapes that do not fit, a kernel longer than x with its padding, groups that do not divide.
---@param w aelua.Tensor [R, C/groups, K] weights
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table elements from one output to the next; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd element of padding is at the end), or numbers: one for both ends, {before, after}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, K] f(z + b)
function Tensor:conv1d(w, b, stride, padding, dilation, groups, activation, slope, alpha) end

--- A two-dimensional convolution: f(z + b), z[n,p,q,k] the sum over r, s, c of x[n, p*stride + r*dilation - top, q*stride + s*dilation - left, c] w[r,s,c,k], x being 0 outside; in one pass.
--- The kernel is not flipped. Padding "same" is TensorFlow's and Keras's; for PyTorch's padding = n give n. With groups, output channel k sees the channels of its own group alone. Errors: shapes that do not fit, a kernel larger than x with its padding, groups that do not divide.
---@param x aelua.Tensor [N, H, W, C] pictures
---@param w aelua.Tensor [R, S, C/groups, K] weights
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table rows and columns from one output to the next: a number or {height, width}; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd row or column of padding is at the end), or numbers: one for all sides, {height, width}, {top, bottom, left, right}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, Q, K] f(z + b)
function ae.conv2d(x, w, b, stride, padding, dilation, groups, activation, slope, alpha) end

--- A two-dimensional convolution: f(z + b), z[n,p,q,k] the sum over r, s, c of x[n, p*stride + r*dilation - top, q*stride + s*dilation - left, c] w[r,s,c,k], x being 0 outside; in one pass.
--- The kernel is not flipped. Padding "same" is TensorFlow's and Keras's; for PyTorch's padding = n give n. With groups, output channel k sees the channels of its own group alone. Errors: shapes that do not fit, a kernel larger than x with its padding, groups that do not divide.
---@param w aelua.Tensor [R, S, C/groups, K] weights
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table rows and columns from one output to the next: a number or {height, width}; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd row or column of padding is at the end), or numbers: one for all sides, {height, width}, {top, bottom, left, right}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, Q, K] f(z + b)
function Tensor:conv2d(w, b, stride, padding, dilation, groups, activation, slope, alpha) end

--- A transposed convolution of signals: f(z + b), z the sum of w[r,:,c] x[n,t,c] at t*stride + r*dilation - before; in one pass. It undoes the sizes of conv1d with the same weights.
--- Padding "same" gives size * stride, as Keras does. In numbers, with output_padding, it is PyTorch's. Errors: shapes that do not fit, padding that leaves nothing, groups that do not divide.
---@param x aelua.Tensor [N, T, C] signals
---@param w aelua.Tensor [R, K/groups, C] weights: those of the conv1d that it mirrors
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table elements in y from one input to the next; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (nothing taken off, the default), "same" (the result has size * stride), or numbers to take off: one for both ends, {before, after}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param output_padding? integer|integer[] how much longer the result is at its end; less than stride or dilation, default 0
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, K] f(z + b)
function ae.conv_transpose1d(x, w, b, stride, padding, dilation, groups, output_padding, activation, slope, alpha) end

--- A transposed convolution of signals: f(z + b), z the sum of w[r,:,c] x[n,t,c] at t*stride + r*dilation - before; in one pass. It undoes the sizes of conv1d with the same weights.
--- Padding "same" gives size * stride, as Keras does. In numbers, with output_padding, it is PyTorch's. Errors: shapes that do not fit, padding that leaves nothing, groups that do not divide.
---@param w aelua.Tensor [R, K/groups, C] weights: those of the conv1d that it mirrors
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table elements in y from one input to the next; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (nothing taken off, the default), "same" (the result has size * stride), or numbers to take off: one for both ends, {before, after}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param output_padding? integer|integer[] how much longer the result is at its end; less than stride or dilation, default 0
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, K] f(z + b)
function Tensor:conv_transpose1d(w, b, stride, padding, dilation, groups, output_padding, activation, slope, alpha) end

--- A transposed two-dimensional convolution: f(z + b), z the sum of w[r,s,:,c] x[n,h,w,c] at row h*stride + r*dilation - top and column w*stride + s*dilation - left; in one pass. It undoes the sizes of conv2d with the same weights.
--- Padding "same" gives size * stride, as Keras does. In numbers, with output_padding, it is PyTorch's: (size - 1) * stride - before - after + dilation * (taps - 1) + 1 + output_padding. Errors: shapes that do not fit, padding that leaves nothing, groups that do not divide.
---@param x aelua.Tensor [N, H, W, C] pictures
---@param w aelua.Tensor [R, S, K/groups, C] weights: those of the conv2d that it mirrors
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table rows and columns in y from one input to the next: a number or {height, width}; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (nothing taken off, the default), "same" (the result has size * stride), or numbers to take off: one for all sides, {height, width}, {top, bottom, left, right}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param output_padding? integer|integer[] how much longer the result is at its end; less than stride or dilation, default 0
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, Q, K] f(z + b)
function ae.conv_transpose2d(x, w, b, stride, padding, dilation, groups, output_padding, activation, slope, alpha) end

--- A transposed two-dimensional convolution: f(z + b), z the sum of w[r,s,:,c] x[n,h,w,c] at row h*stride + r*dilation - top and column w*stride + s*dilation - left; in one pass. It undoes the sizes of conv2d with the same weights.
--- Padding "same" gives size * stride, as Keras does. In numbers, with output_padding, it is PyTorch's: (size - 1) * stride - before - after + dilation * (taps - 1) + 1 + output_padding. Errors: shapes that do not fit, padding that leaves nothing, groups that do not divide.
---@param w aelua.Tensor [R, S, K/groups, C] weights: those of the conv2d that it mirrors
---@param b? aelua.Tensor may be nil; [K] bias
---@param stride? integer|integer[]|table rows and columns in y from one input to the next: a number or {height, width}; default 1
---@param padding? "same"|"valid"|integer|integer[] "valid" (nothing taken off, the default), "same" (the result has size * stride), or numbers to take off: one for all sides, {height, width}, {top, bottom, left, right}
---@param dilation? integer|integer[] from one tap to the next; default 1
---@param groups? integer groups of channels that do not see each other: divides C and K; C: depthwise; default 1
---@param output_padding? integer|integer[] how much longer the result is at its end; less than stride or dilation, default 0
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax" the activation f, softmax over channels; default "linear"
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [N, P, Q, K] f(z + b)
function Tensor:conv_transpose2d(w, b, stride, padding, dilation, groups, output_padding, activation, slope, alpha) end

--- Cosine of each element, in radians; inf gives nan.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.cos(x) end

--- Cosine of each element, in radians; inf gives nan.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:cos() end

--- x without its border, the inverse of pad: crop(x, {0, 2, 2, 0}) takes two rows and columns off each side of [N,H,W,C]. Errors: more than there is.
---@param x aelua.Tensor [any shape]
---@param before integer|integer[]|table how many to take off in front, for each dimension
---@param after? integer|integer[] how many to take off behind, for each; default: as before
---@return aelua.Tensor # [size - before - after in each dimension] of x's type
function ae.crop(x, before, after) end

--- x without its border, the inverse of pad: crop(x, {0, 2, 2, 0}) takes two rows and columns off each side of [N,H,W,C]. Errors: more than there is.
---@param before integer|integer[]|table how many to take off in front, for each dimension
---@param after? integer|integer[] how many to take off behind, for each; default: as before
---@return aelua.Tensor # [size - before - after in each dimension] of x's type
function Tensor:crop(before, after) end

--- Running sums along a dimension, carried in double.
---@param x aelua.Tensor [any shape]
---@param dim? integer|table the dimension to run along; default the last
---@return aelua.Tensor # [x's shape] each element the sum up to and with its own place
function ae.cumsum(x, dim) end

--- Running sums along a dimension, carried in double.
---@param dim? integer|table the dimension to run along; default the last
---@return aelua.Tensor # [x's shape] each element the sum up to and with its own place
function Tensor:cumsum(dim) end

--- A fully connected layer: f(x w + b), f the activation, in one pass.
--- b is added to every row. Softmax is over the last dimension, gelu the exact one (by erf). Errors: shapes that do not fit.
---@param x aelua.Tensor [..., I] rows of inputs
---@param w aelua.Tensor [I, O] weights; transposed: [O, I]
---@param b? aelua.Tensor may be nil; [O] bias
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax"|table the activation f, default "linear"
---@param transposed? boolean use w transposed, as a layer tied to another's weights does; default false
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [..., O] f(x w + b)
function ae.dense(x, w, b, activation, transposed, slope, alpha) end

--- A fully connected layer: f(x w + b), f the activation, in one pass.
--- b is added to every row. Softmax is over the last dimension, gelu the exact one (by erf). Errors: shapes that do not fit.
---@param w aelua.Tensor [I, O] weights; transposed: [O, I]
---@param b? aelua.Tensor may be nil; [O] bias
---@param activation? "linear"|"relu"|"leaky_relu"|"elu"|"selu"|"gelu"|"silu"|"softplus"|"tanh"|"sigmoid"|"softmax"|table the activation f, default "linear"
---@param transposed? boolean use w transposed, as a layer tied to another's weights does; default false
---@param slope? number of leaky_relu below 0; at least 0, default 0.01
---@param alpha? number of elu: -alpha is its limit; at least 0, default 1
---@return aelua.Tensor # [..., O] f(x w + b)
function Tensor:dense(w, b, activation, transposed, slope, alpha) end

--- Channels to pixels (pixel shuffle): every pixel of block * block * C channels becomes a square of pixels of C.
--- y[n, h*block + i, w*block + j, c] = x[n, h, w, (i*block + j)*C + c], TensorFlow's order of channels. Errors: channels that block * block does not divide.
---@param x aelua.Tensor [N, H, W, block*block*C]
---@param block integer|table rows and columns that a pixel becomes; at least 1
---@return aelua.Tensor # [N, H*block, W*block, C] of x's type
function ae.depth_to_space(x, block) end

--- Channels to pixels (pixel shuffle): every pixel of block * block * C channels becomes a square of pixels of C.
--- y[n, h*block + i, w*block + j, c] = x[n, h, w, (i*block + j)*C + c], TensorFlow's order of channels. Errors: channels that block * block does not divide.
---@param block integer|table rows and columns that a pixel becomes; at least 1
---@return aelua.Tensor # [N, H*block, W*block, C] of x's type
function Tensor:depth_to_space(block) end

--- a divided by b, element by element, broadcasting; division by 0 gives inf or nan.
--- Real numbers only: convert an i32 with t:to("f32").
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function ae.div(a, b) end

--- a divided by b, element by element, broadcasting; division by 0 gives inf or nan.
--- Real numbers only: convert an i32 with t:to("f32").
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function Tensor:div(b) end

--- Sets each element to 0 with probability p and divides the others by 1 - p, so that the expectation stays.
--- Draws from the random stream (ae.seed); nn.Dropout does nothing in evaluation mode, this always draws. Srivastava et al. 2014. Errors: p outside [0, 1).
---@param x aelua.Tensor [...] any shape
---@param p? number|table the probability of 0; at least 0, less than 1, default 0.5
---@return aelua.Tensor # a tensor of x's shape
function ae.dropout(x, p) end

--- Sets each element to 0 with probability p and divides the others by 1 - p, so that the expectation stays.
--- Draws from the random stream (ae.seed); nn.Dropout does nothing in evaluation mode, this always draws. Srivastava et al. 2014. Errors: p outside [0, 1).
---@param p? number|table the probability of 0; at least 0, less than 1, default 0.5
---@return aelua.Tensor # a tensor of x's shape
function Tensor:dropout(p) end

--- Exponential linear unit: each element where it is positive, else alpha (e^x - 1).
--- The gradient at 0 is alpha.
---@param x aelua.Tensor [...] any shape
---@param alpha? number|table -alpha is the limit for very negative x; at least 0, default 1
---@return aelua.Tensor # a tensor of x's shape
function ae.elu(x, alpha) end

--- Exponential linear unit: each element where it is positive, else alpha (e^x - 1).
--- The gradient at 0 is alpha.
---@param alpha? number|table -alpha is the limit for very negative x; at least 0, default 1
---@return aelua.Tensor # a tensor of x's shape
function Tensor:elu(alpha) end

--- 1 where a equals b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.eq(a, b) end

--- 1 where a equals b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:eq(b) end

--- e to the power of each element.
--- Overflows to inf above 88.7 (709.7 in the double build). For e^x - 1 near 0 use expm1.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.exp(x) end

--- e to the power of each element.
--- Overflows to inf above 88.7 (709.7 in the double build). For e^x - 1 near 0 use expm1.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:exp() end

--- x repeated to a larger shape by NumPy's broadcasting rule; copies. Operations broadcast by themselves: it is wanted where a tensor of that shape is.
---@param x aelua.Tensor [any shape]
---@param shape integer[]|table the sizes; -1 keeps x's own
---@return aelua.Tensor # [shape] of x's type
function ae.expand(x, shape) end

--- x repeated to a larger shape by NumPy's broadcasting rule; copies. Operations broadcast by themselves: it is wanted where a tensor of that shape is.
---@param shape integer[]|table the sizes; -1 keeps x's own
---@return aelua.Tensor # [shape] of x's type
function Tensor:expand(shape) end

--- e^x - 1 of each element, exact near 0 too.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.expm1(x) end

--- e^x - 1 of each element, exact near 0 too.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:expm1() end

--- The identity matrix: ones on the diagonal, zeros elsewhere.
--- No gradient: it has no inputs.
---@param rows integer|table how many rows
---@param columns? integer how many columns; default: as many as rows
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [rows, columns] of the type asked for
function ae.eye(rows, columns, dtype) end

--- Joins neighbouring dimensions into one; shares storage. flatten(x, 2) keeps the batch of [N, ...].
---@param x aelua.Tensor [any shape]
---@param first? integer|table the first dimension to join; default 1
---@param last? integer the last one; default the last there is
---@return aelua.Tensor # [.., product of the joined sizes, ..] of x's type, sharing its storage
function ae.flatten(x, first, last) end

--- Joins neighbouring dimensions into one; shares storage. flatten(x, 2) keeps the batch of [N, ...].
---@param first? integer|table the first dimension to join; default 1
---@param last? integer the last one; default the last there is
---@return aelua.Tensor # [.., product of the joined sizes, ..] of x's type, sharing its storage
function Tensor:flatten(first, last) end

--- Elements along dimensions from last to first; copies.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to turn round; default: all
---@return aelua.Tensor # x's type and shape
function ae.flip(x, dims) end

--- Elements along dimensions from last to first; copies.
---@param dims? integer|integer[]|table the dimensions to turn round; default: all
---@return aelua.Tensor # x's type and shape
function Tensor:flip(dims) end

--- The largest whole number that is not above each element. Its gradient is 0.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.floor(x) end

--- The largest whole number that is not above each element. Its gradient is 0.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:floor() end

--- A tensor of one value. Raises where the type does not hold it.
--- No gradient: it has no inputs.
---@param shape integer[]|table the sizes; {} for a single number
---@param value number the value
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [shape] of the type asked for
function ae.full(shape, value, dtype) end

--- From each line along a dimension, the elements that places name. Raises where a place is not there. The gradient is that of x alone.
---@param x aelua.Tensor [.., n, ..]
---@param places aelua.Tensor [.., m, ..] numbers, 1 to n along the dimension (negative ones count from the end); the other sizes are x's
---@param dim integer|table the dimension
---@return aelua.Tensor # [the places' shape] of x's type
function ae.gather(x, places, dim) end

--- From each line along a dimension, the elements that places name. Raises where a place is not there. The gradient is that of x alone.
---@param places aelua.Tensor [.., m, ..] numbers, 1 to n along the dimension (negative ones count from the end); the other sizes are x's
---@param dim integer|table the dimension
---@return aelua.Tensor # [the places' shape] of x's type
function Tensor:gather(places, dim) end

--- 1 where a is above or equals b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.ge(a, b) end

--- 1 where a is above or equals b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:ge(b) end

--- Gaussian error linear unit: x times the normal distribution's cumulative function at x.
--- Hendrycks and Gimpel 2016.
---@param x aelua.Tensor [...] any shape
---@param approximate? "none"|"tanh"|table "none": by erf (default); "tanh": the approximation that older models were trained with
---@return aelua.Tensor # a tensor of x's shape
function ae.gelu(x, approximate) end

--- Gaussian error linear unit: x times the normal distribution's cumulative function at x.
--- Hendrycks and Gimpel 2016.
---@param approximate? "none"|"tanh"|table "none": by erf (default); "tanh": the approximation that older models were trained with
---@return aelua.Tensor # a tensor of x's shape
function Tensor:gelu(approximate) end

--- Every sample's groups of channels to mean 0 and variance 1 over all positions, then scaled and shifted by channel. One group: over the whole sample; as many as channels: instance normalisation.
--- Wu, He 2018. Errors: shapes that do not fit, groups that do not divide the channels.
---@param x aelua.Tensor [N, ..., C]
---@param scale? aelua.Tensor may be nil; [C] (gamma); absent: 1
---@param shift? aelua.Tensor may be nil; [C] (beta); absent: 0
---@param groups integer|table groups of channels; divides C
---@param epsilon? number added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)
---@return aelua.Tensor # a tensor of x's shape
function ae.group_norm(x, scale, shift, groups, epsilon) end

--- Every sample's groups of channels to mean 0 and variance 1 over all positions, then scaled and shifted by channel. One group: over the whole sample; as many as channels: instance normalisation.
--- Wu, He 2018. Errors: shapes that do not fit, groups that do not divide the channels.
---@param scale? aelua.Tensor may be nil; [C] (gamma); absent: 1
---@param shift? aelua.Tensor may be nil; [C] (beta); absent: 0
---@param groups integer|table groups of channels; divides C
---@param epsilon? number added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)
---@return aelua.Tensor # a tensor of x's shape
function Tensor:group_norm(scale, shift, groups, epsilon) end

--- 1 where a is above b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.gt(a, b) end

--- 1 where a is above b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:gt(b) end

--- The slices of a dimension (by default the rows) that a tensor of places names, in its order; one may be named often. Raises where a place is not there. The gradient is that of x alone.
---@param x aelua.Tensor [.., n, ..]
---@param places aelua.Tensor [any shape] numbers of slices, 1 to n; negative ones count from the end
---@param dim? integer|table the dimension; default 1
---@return aelua.Tensor # [.., the places' shape, ..] of x's type: the places' dimensions stand where dim was
function ae.index(x, places, dim) end

--- The slices of a dimension (by default the rows) that a tensor of places names, in its order; one may be named often. Raises where a place is not there. The gradient is that of x alone.
---@param places aelua.Tensor [any shape] numbers of slices, 1 to n; negative ones count from the end
---@param dim? integer|table the dimension; default 1
---@return aelua.Tensor # [.., the places' shape, ..] of x's type: the places' dimensions stand where dim was
function Tensor:index(places, dim) end

--- 1 where an element is a finite number, 0 where it is inf, -inf or nan.
--- No gradient: the result is u8.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # u8 of x's shape, 0 or 1
function ae.isfinite(x) end

--- 1 where an element is a finite number, 0 where it is inf, -inf or nan.
--- No gradient: the result is u8.
---@return aelua.Tensor # u8 of x's shape, 0 or 1
function Tensor:isfinite() end

--- 1 where an element is nan, else 0.
--- No gradient: the result is u8.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # u8 of x's shape, 0 or 1
function ae.isnan(x) end

--- 1 where an element is nan, else 0.
--- No gradient: the result is u8.
---@return aelua.Tensor # u8 of x's shape, 0 or 1
function Tensor:isnan() end

--- Every sample to mean 0 and variance 1 over its last dimensions, then scaled and shifted.
--- Ba, Kiros, Hinton 2016. Errors: shapes that do not fit.
---@param x aelua.Tensor [..., D]
---@param scale? aelua.Tensor may be nil; [D] (gamma); absent: 1
---@param shift? aelua.Tensor may be nil; [D] (beta); absent: 0
---@param dims? integer|table how many of the last dimensions are D; default 1
---@param epsilon? number added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)
---@return aelua.Tensor # a tensor of x's shape
function ae.layer_norm(x, scale, shift, dims, epsilon) end

--- Every sample to mean 0 and variance 1 over its last dimensions, then scaled and shifted.
--- Ba, Kiros, Hinton 2016. Errors: shapes that do not fit.
---@param scale? aelua.Tensor may be nil; [D] (gamma); absent: 1
---@param shift? aelua.Tensor may be nil; [D] (beta); absent: 0
---@param dims? integer|table how many of the last dimensions are D; default 1
---@param epsilon? number added to the variance; greater than 0, default 1e-5 as in PyTorch (Keras: 1e-3)
---@return aelua.Tensor # a tensor of x's shape
function Tensor:layer_norm(scale, shift, dims, epsilon) end

--- 1 where a is below or equals b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.le(a, b) end

--- 1 where a is below or equals b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:le(b) end

--- Each element where it is positive, else slope times it. The gradient at 0 is slope.
---@param x aelua.Tensor [...] any shape
---@param slope? number|table factor of the negative side; finite, default 0.01
---@return aelua.Tensor # a tensor of x's shape
function ae.leaky_relu(x, slope) end

--- Each element where it is positive, else slope times it. The gradient at 0 is slope.
---@param slope? number|table factor of the negative side; finite, default 0.01
---@return aelua.Tensor # a tensor of x's shape
function Tensor:leaky_relu(slope) end

--- count numbers from start to stop, both included, at equal distances. One number: start.
--- No gradient: it has no inputs.
---@param start number|table the first number
---@param stop number the last number
---@param count integer how many
---@return aelua.Tensor # [count]
function ae.linspace(start, stop, count) end

--- Natural logarithm of each element.
--- 0 gives -inf, a negative number nan. For ln(1 + x) near 0 use log1p.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.log(x) end

--- Natural logarithm of each element.
--- 0 gives -inf, a negative number nan. For ln(1 + x) near 0 use log1p.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:log() end

--- Natural logarithm of 1 + x of each element, exact near 0 too.
--- -1 gives -inf, a smaller number nan.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.log1p(x) end

--- Natural logarithm of 1 + x of each element, exact near 0 too.
--- -1 gives -inf, a smaller number nan.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:log1p() end

--- Logarithm of softmax, computed directly: exact also where softmax is 0 in floating point.
---@param x aelua.Tensor [any shape] logits
---@param dim? integer|table the dimension that is normalised; default the last
---@return aelua.Tensor # [x's shape]
function ae.log_softmax(x, dim) end

--- Logarithm of softmax, computed directly: exact also where softmax is 0 in floating point.
---@param dim? integer|table the dimension that is normalised; default the last
---@return aelua.Tensor # [x's shape]
function Tensor:log_softmax(dim) end

--- 1 where both a and b are true, else 0, element by element, broadcasting.
--- An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.logical_and(a, b) end

--- 1 where both a and b are true, else 0, element by element, broadcasting.
--- An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:logical_and(b) end

--- 1 where an element is 0, else 0. An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # u8 of x's shape, 0 or 1
function ae.logical_not(x) end

--- 1 where an element is 0, else 0. An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@return aelua.Tensor # u8 of x's shape, 0 or 1
function Tensor:logical_not() end

--- 1 where a or b or both are true, else 0, element by element, broadcasting.
--- An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.logical_or(a, b) end

--- 1 where a or b or both are true, else 0, element by element, broadcasting.
--- An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:logical_or(b) end

--- 1 where one of a and b is true and the other is not, else 0, element by element, broadcasting.
--- An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.logical_xor(a, b) end

--- 1 where one of a and b is true and the other is not, else 0, element by element, broadcasting.
--- An element of any type is true where it is not 0.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:logical_xor(b) end

--- Logarithm of the sum of exponentials over dimensions, without overflow. That of nothing is -inf, where the gradient is 0.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions]
function ae.logsumexp(x, dims, keepdim) end

--- Logarithm of the sum of exponentials over dimensions, without overflow. That of nothing is -inf, where the gradient is 0.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions]
function Tensor:logsumexp(dims, keepdim) end

--- 1 where a is below b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.lt(a, b) end

--- 1 where a is below b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:lt(b) end

--- Matrix products, with NumPy's rules: the last two dimensions are matrices, those before them broadcast.
--- A tensor of one dimension is a row on the left and a column on the right, and that dimension is left out of the result; two of them give their dot product, a number. Errors: inner or leading dimensions that do not fit.
---@param a aelua.Tensor [..., M, K] or [K] the left matrices
---@param b aelua.Tensor [..., K, N] or [K] the right matrices
---@param transpose_a? boolean|table a is stored [..., K, M]; default false
---@param transpose_b? boolean b is stored [..., N, K]; default false
---@return aelua.Tensor # [..., M, N] the products
function ae.matmul(a, b, transpose_a, transpose_b) end

--- Matrix products, with NumPy's rules: the last two dimensions are matrices, those before them broadcast.
--- A tensor of one dimension is a row on the left and a column on the right, and that dimension is left out of the result; two of them give their dot product, a number. Errors: inner or leading dimensions that do not fit.
---@param b aelua.Tensor [..., K, N] or [K] the right matrices
---@param transpose_a? boolean|table a is stored [..., K, M]; default false
---@param transpose_b? boolean b is stored [..., N, K]; default false
---@return aelua.Tensor # [..., M, N] the products
function Tensor:matmul(b, transpose_a, transpose_b) end

--- Largest element over dimensions; nan where there is one. Elements that tie share the gradient equally. Raises where there is nothing to reduce.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the largest elements, of x's type
function ae.max(x, dims, keepdim) end

--- Largest element over dimensions; nan where there is one. Elements that tie share the gradient equally. Raises where there is nothing to reduce.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the largest elements, of x's type
function Tensor:max(dims, keepdim) end

--- The largest element of every window along a signal, for each channel.
--- Padding never wins. Of several equal elements the first gets the gradient; a nan is larger than everything. Errors: another number of dimensions, a window larger than x with its padding.
---@param x aelua.Tensor [N, T, C] signals
---@param size integer|integer[]|table of the window
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd element is at the end), or numbers less than size: one for both ends, {before, after}
---@return aelua.Tensor # [N, P, C]
function ae.max_pool1d(x, size, stride, padding) end

--- The largest element of every window along a signal, for each channel.
--- Padding never wins. Of several equal elements the first gets the gradient; a nan is larger than everything. Errors: another number of dimensions, a window larger than x with its padding.
---@param size integer|integer[]|table of the window
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd element is at the end), or numbers less than size: one for both ends, {before, after}
---@return aelua.Tensor # [N, P, C]
function Tensor:max_pool1d(size, stride, padding) end

--- The largest element of every window over a picture, for each channel.
--- Padding never wins. Of several equal elements the first gets the gradient; a nan is larger than everything. Errors: another number of dimensions, a window larger than x with its padding.
---@param x aelua.Tensor [N, H, W, C] pictures
---@param size integer|integer[]|table of the window: a number or {height, width}
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd row or column is at the end), or numbers less than size: one for all sides, {height, width}, {top, bottom, left, right}
---@return aelua.Tensor # [N, P, Q, C]
function ae.max_pool2d(x, size, stride, padding) end

--- The largest element of every window over a picture, for each channel.
--- Padding never wins. Of several equal elements the first gets the gradient; a nan is larger than everything. Errors: another number of dimensions, a window larger than x with its padding.
---@param size integer|integer[]|table of the window: a number or {height, width}
---@param stride? integer|integer[] from one window to the next; default: its size
---@param padding? "same"|"valid"|integer|integer[] "valid" (none, the default), "same" (the result has size / stride, rounded up; the odd row or column is at the end), or numbers less than size: one for all sides, {height, width}, {top, bottom, left, right}
---@return aelua.Tensor # [N, P, Q, C]
function Tensor:max_pool2d(size, stride, padding) end

--- The larger of a and b, element by element, broadcasting; nan where either is nan.
--- Where they are equal each gets half of the gradient. For the largest along a dimension see max.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function ae.maximum(a, b) end

--- The larger of a and b, element by element, broadcasting; nan where either is nan.
--- Where they are equal each gets half of the gradient. For the largest along a dimension see max.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function Tensor:maximum(b) end

--- Mean over dimensions, accumulated in double. The mean of nothing is nan.
---@param x aelua.Tensor [any shape] what to average
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the means; real, also of u8 and i32, whose values count as they are
function ae.mean(x, dims, keepdim) end

--- Mean over dimensions, accumulated in double. The mean of nothing is nan.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the means; real, also of u8 and i32, whose values count as they are
function Tensor:mean(dims, keepdim) end

--- Smallest element over dimensions; nan where there is one. Elements that tie share the gradient equally. Raises where there is nothing to reduce.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the smallest elements, of x's type
function ae.min(x, dims, keepdim) end

--- Smallest element over dimensions; nan where there is one. Elements that tie share the gradient equally. Raises where there is nothing to reduce.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the smallest elements, of x's type
function Tensor:min(dims, keepdim) end

--- The smaller of a and b, element by element, broadcasting; nan where either is nan.
--- Where they are equal each gets half of the gradient. For the smallest along a dimension see min.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function ae.minimum(a, b) end

--- The smaller of a and b, element by element, broadcasting; nan where either is nan.
--- Where they are equal each gets half of the gradient. For the smallest along a dimension see min.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function Tensor:minimum(b) end

--- a times b, element by element, broadcasting. For products of matrices see matmul.
--- Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function ae.mul(a, b) end

--- a times b, element by element, broadcasting. For products of matrices see matmul.
--- Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function Tensor:mul(b) end

--- A range of one dimension. That of the first dimension shares storage, others copy. Raises where the range leaves the dimension.
---@param x aelua.Tensor [any shape]
---@param dim integer|table the dimension
---@param start integer the first place, from 1; negative from the end
---@param length? integer how many; default -1, to the end
---@return aelua.Tensor # [.., length, ..] of x's type
function ae.narrow(x, dim, start, length) end

--- A range of one dimension. That of the first dimension shares storage, others copy. Raises where the range leaves the dimension.
---@param dim integer|table the dimension
---@param start integer the first place, from 1; negative from the end
---@param length? integer how many; default -1, to the end
---@return aelua.Tensor # [.., length, ..] of x's type
function Tensor:narrow(dim, start, length) end

--- 1 where a differs from b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function ae.ne(a, b) end

--- 1 where a differs from b, else 0, element by element, broadcasting.
--- Two real tensors, or u8 and i32 in any mixture; a number goes with each. nan is unequal to everything and neither below nor above.
--- No gradient: the result is u8.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # u8 of the shape that a and b broadcast to, 0 or 1
function Tensor:ne(b) end

--- Each element with its sign changed: -x.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.neg(x) end

--- Each element with its sign changed: -x.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:neg() end

--- Norm over dimensions: the sum of magnitudes (p = 1), the root of the sum of squares (p = 2, the default) or the largest magnitude (p = math.huge). The norm of nothing is 0. Its gradient at 0 is 0; elements that tie for the largest magnitude share theirs equally.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@param p? number 1, 2 or math.huge; default 2
---@return aelua.Tensor # [the other dimensions] the norms
function ae.norm(x, dims, keepdim, p) end

--- Norm over dimensions: the sum of magnitudes (p = 1), the root of the sum of squares (p = 2, the default) or the largest magnitude (p = math.huge). The norm of nothing is 0. Its gradient at 0 is 0; elements that tie for the largest magnitude share theirs equally.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@param p? number 1, 2 or math.huge; default 2
---@return aelua.Tensor # [the other dimensions] the norms
function Tensor:norm(dims, keepdim, p) end

--- Labels as vectors with a 1 in the label's place and 0 elsewhere. Raises on a label outside 1 to classes.
--- No gradient: labels are whole numbers.
---@param labels aelua.Tensor [any shape] 1 to classes
---@param classes integer|table how many classes there are
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [the labels' shape, classes] of the type asked for
function ae.one_hot(labels, classes, dtype) end

--- Labels as vectors with a 1 in the label's place and 0 elsewhere. Raises on a label outside 1 to classes.
--- No gradient: labels are whole numbers.
---@param classes integer|table how many classes there are
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [the labels' shape, classes] of the type asked for
function Tensor:one_hot(classes, dtype) end

--- A tensor of ones.
--- No gradient: it has no inputs.
---@param shape integer[]|table the sizes; {} for a single number
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [shape] of the type asked for
function ae.ones(shape, dtype) end

--- Windows added into pictures of zeros, each at its place: the adjoint of `windows`. Errors: a sample that is not there.
---@param windows aelua.Tensor [M, h, w, C]
---@param places aelua.Tensor [M, 4] {sample, row, column, flip}, from 1; flip 0: as it is, 1: left and right turned, 2: top and bottom, 3: both
---@param size integer|integer[]|table of a picture: {height, width}, or one number for both
---@param count? integer how many pictures; default 1
---@param mode? "constant"|"edge"|"reflect" what lies outside: "constant" (the default), "edge" or "reflect", without repeating the edge
---@return aelua.Tensor # [count, height, width, C]
function ae.overlap_add(windows, places, size, count, mode) end

--- A border around x: pad(x, {0, 2, 2, 0}) puts two rows and columns on each side of [N,H,W,C].
--- constant: of one value. edge: of the nearest element. reflect: x mirrored at its first and last element, which are not repeated. Errors: a border to mirror that is not less than x.
---@param x aelua.Tensor [any shape]
---@param before integer[]|table how many in front, for each dimension
---@param after? integer[] how many behind, for each; default: as before
---@param value? number constant: the border's value, which x's type holds; default 0
---@param mode? "constant"|"edge"|"reflect" "constant" (the default), "edge" or "reflect"
---@return aelua.Tensor # [before + size + after in each dimension] of x's type
function ae.pad(x, before, after, value, mode) end

--- A border around x: pad(x, {0, 2, 2, 0}) puts two rows and columns on each side of [N,H,W,C].
--- constant: of one value. edge: of the nearest element. reflect: x mirrored at its first and last element, which are not repeated. Errors: a border to mirror that is not less than x.
---@param before integer[]|table how many in front, for each dimension
---@param after? integer[] how many behind, for each; default: as before
---@param value? number constant: the border's value, which x's type holds; default 0
---@param mode? "constant"|"edge"|"reflect" "constant" (the default), "edge" or "reflect"
---@return aelua.Tensor # [before + size + after in each dimension] of x's type
function Tensor:pad(before, after, value, mode) end

--- The numbers 1 to n in random order, every order as likely as any other.
--- No gradient: it has no inputs.
---@param n integer|table how many
---@return aelua.Tensor # [n] i32
function ae.permutation(n) end

--- Dimensions in another order; copies.
---@param x aelua.Tensor [any shape]
---@param dims integer|integer[]|table every dimension of x once, in the order wanted
---@return aelua.Tensor # x's type; dimension d of the result is dimension dims[d] of x
function ae.permute(x, dims) end

--- Dimensions in another order; copies.
---@param dims integer|integer[]|table every dimension of x once, in the order wanted
---@return aelua.Tensor # x's type; dimension d of the result is dimension dims[d] of x
function Tensor:permute(dims) end

--- a to the power of b, element by element, broadcasting.
--- As C's pow: a negative a with a b that is not whole gives nan. The gradient of a is 0 where b is 0; that of b is 0 where a is 0 and b is not negative, and nan where a is negative.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function ae.pow(a, b) end

--- a to the power of b, element by element, broadcasting.
--- As C's pow: a negative a with a b that is not whole gives nan. The gradient of a is 0 where b is 0; that of b is 0 where a is 0 and b is not negative, and nan where a is negative.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function Tensor:pow(b) end

--- Product over dimensions, accumulated in double. The product of nothing is 1.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the products
function ae.prod(x, dims, keepdim) end

--- Product over dimensions, accumulated in double. The product of nothing is 1.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the products
function Tensor:prod(dims, keepdim) end

--- The values below which shares q of the elements lie, interpolated linearly between neighbours; nan where there is one. quantile(x, 0.5) is the median. Raises where there is nothing to sort.
---@param x aelua.Tensor [any shape]
---@param q aelua.Tensor|number [] or [Q] shares, 0 to 1
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions], behind one of q's size where q has a dimension
function ae.quantile(x, q, dims, keepdim) end

--- The values below which shares q of the elements lie, interpolated linearly between neighbours; nan where there is one. quantile(x, 0.5) is the median. Raises where there is nothing to sort.
---@param q aelua.Tensor|number [] or [Q] shares, 0 to 1
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions], behind one of q's size where q has a dimension
function Tensor:quantile(q, dims, keepdim) end

--- Random numbers, uniform in [low, high).
--- No gradient: it has no inputs.
---@param shape integer[]|table the sizes
---@param low? number from here on; default 0
---@param high? number below this; default 1
---@return aelua.Tensor # [shape]
function ae.rand(shape, low, high) end

--- Random whole numbers, each of low to high (both included, as math.random has it) as likely as any other.
--- No gradient: it has no inputs.
---@param shape integer[]|table the sizes
---@param low integer the smallest
---@param high integer the largest
---@return aelua.Tensor # [shape] i32
function ae.randint(shape, low, high) end

--- Random numbers from a normal distribution.
--- No gradient: it has no inputs.
---@param shape integer[]|table the sizes
---@param mean? number their mean; default 0
---@param std? number their standard deviation; default 1
---@return aelua.Tensor # [shape]
function ae.randn(shape, mean, std) end

--- 1 / x of each element; 0 gives inf with the zero's sign.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.reciprocal(x) end

--- 1 / x of each element; 0 gives inf with the zero's sign.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:reciprocal() end

--- Rectified linear unit: each element where it is positive, else 0. The gradient at 0 is 0.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.relu(x) end

--- Rectified linear unit: each element where it is positive, else 0. The gradient at 0 is 0.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:relu() end

--- The same values in another shape; shares storage. One size may be -1: what the others leave. Raises where the values do not fill the shape.
---@param x aelua.Tensor [any shape]
---@param shape integer[]|table the sizes; one may be -1
---@return aelua.Tensor # [shape] of x's type, sharing its storage
function ae.reshape(x, shape) end

--- The same values in another shape; shares storage. One size may be -1: what the others leave. Raises where the values do not fill the shape.
---@param shape integer[]|table the sizes; one may be -1
---@return aelua.Tensor # [shape] of x's type, sharing its storage
function Tensor:reshape(shape) end

--- Pictures in another size. Pixels are areas (half-pixel centres), as in Pillow, TensorFlow 2 and PyTorch with align_corners = False.
--- "nearest": the pixel under the centre (PyTorch's "nearest-exact"). "bilinear" and "bicubic" (Keys, a = -1/2), weights past the border left out; where a side shrinks the filter is widened by as much, so that every pixel counts, as Pillow, JAX and PyTorch's antialias do; antialias = false takes the neighbours alone, as TensorFlow 2 does. "area": the mean of what an output pixel covers. PyTorch's bicubic without antialias and OpenCV's differ: a = -3/4, the border repeated.
--- Bytes are computed in real numbers and rounded once. Errors: another number of dimensions, no pixels.
---@param x aelua.Tensor [N, H, W, C] or [H, W, C] pictures
---@param size integer|integer[]|table {height, width}, or one number for both
---@param method? "nearest"|"bilinear"|"bicubic"|"area" "nearest", "bilinear" (the default), "bicubic" or "area"
---@param antialias? boolean widen the filter where a side shrinks; default true
---@return aelua.Tensor # [N, height, width, C] or [height, width, C] of x's type
function ae.resize(x, size, method, antialias) end

--- The whole number nearest to each element; halves go to the even one (0.5 to 0, 1.5 to 2). Its gradient is 0.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.round(x) end

--- The whole number nearest to each element; halves go to the even one (0.5 to 0, 1.5 to 2). Its gradient is 0.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:round() end

--- 1 / sqrt(x) of each element.
--- 0 gives inf, a negative number nan.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.rsqrt(x) end

--- 1 / sqrt(x) of each element.
--- 0 gives inf, a negative number nan.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:rsqrt() end

--- u8 as real numbers from 0 to 1: each divided by 255, as batches and models take pixels.
--- Other types pass as they are: the result shares x's memory. To keep a u8's values use t:to("f32").
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape: real for u8, else of x's type
function ae.scaled(x) end

--- u8 as real numbers from 0 to 1: each divided by 255, as batches and models take pixels.
--- Other types pass as they are: the result shares x's memory. To keep a u8's values use t:to("f32").
---@return aelua.Tensor # a tensor of x's shape: real for u8, else of x's type
function Tensor:scaled() end

--- Scaled exponential linear unit: 1.0507 x where x is positive, else 1.7581 (e^x - 1).
--- For weights drawn by LeCun's normal initialiser (Klambauer et al. 2017). The gradient at 0 is 1.7581.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.selu(x) end

--- Scaled exponential linear unit: 1.0507 x where x is positive, else 1.7581 (e^x - 1).
--- For weights drawn by LeCun's normal initialiser (Klambauer et al. 2017). The gradient at 0 is 1.7581.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:selu() end

--- Logistic function of each element: 1 / (1 + e^-x), between 0 and 1.
--- Before a binary cross-entropy, take the loss of logits instead: it does not saturate.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.sigmoid(x) end

--- Logistic function of each element: 1 / (1 + e^-x), between 0 and 1.
--- Before a binary cross-entropy, take the loss of logits instead: it does not saturate.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:sigmoid() end

--- Sign of each element: 1, 0 or -1; nan stays nan. Its gradient is 0.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.sign(x) end

--- Sign of each element: 1, 0 or -1; nan stays nan. Its gradient is 0.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:sign() end

--- x times sigmoid(x) of each element (SiLU, also called swish).
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.silu(x) end

--- x times sigmoid(x) of each element (SiLU, also called swish).
---@return aelua.Tensor # a tensor of x's shape
function Tensor:silu() end

--- Sine of each element, in radians; inf gives nan.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.sin(x) end

--- Sine of each element, in radians; inf gives nan.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:sin() end

--- Exponentials along a dimension, divided by their sum: positive numbers that sum to 1. Does not overflow; nan where all of x is -inf.
---@param x aelua.Tensor [any shape] logits
---@param dim? integer|table the dimension that is normalised; default the last
---@return aelua.Tensor # [x's shape]
function ae.softmax(x, dim) end

--- Exponentials along a dimension, divided by their sum: positive numbers that sum to 1. Does not overflow; nan where all of x is -inf.
---@param dim? integer|table the dimension that is normalised; default the last
---@return aelua.Tensor # [x's shape]
function Tensor:softmax(dim) end

--- ln(1 + e^x) of each element: a smooth relu, positive, without overflow.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.softplus(x) end

--- ln(1 + e^x) of each element: a smooth relu, positive, without overflow.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:softplus() end

--- Elements along a dimension in ascending (or descending) order, and where they stood. Stable: equal elements keep their order. A nan is larger than every number: last when ascending, first when descending.
---@param x aelua.Tensor [any shape]
---@param dim? integer|table the dimension to sort along; default the last
---@param descending? boolean largest first; default false
---@return aelua.Tensor # values of x's type and i32 places (from 1), both of x's shape
---@return aelua.Tensor
function ae.sort(x, dim, descending) end

--- Elements along a dimension in ascending (or descending) order, and where they stood. Stable: equal elements keep their order. A nan is larger than every number: last when ascending, first when descending.
---@param dim? integer|table the dimension to sort along; default the last
---@param descending? boolean largest first; default false
---@return aelua.Tensor # values of x's type and i32 places (from 1), both of x's shape
---@return aelua.Tensor
function Tensor:sort(dim, descending) end

--- Pixels to channels, the inverse of depth_to_space: every square of block * block pixels becomes one.
--- Errors: rows or columns that block does not divide.
---@param x aelua.Tensor [N, H, W, C]
---@param block integer|table rows and columns that become one; at least 1
---@return aelua.Tensor # [N, H/block, W/block, block*block*C] of x's type
function ae.space_to_depth(x, block) end

--- Pixels to channels, the inverse of depth_to_space: every square of block * block pixels becomes one.
--- Errors: rows or columns that block does not divide.
---@param block integer|table rows and columns that become one; at least 1
---@return aelua.Tensor # [N, H/block, W/block, block*block*C] of x's type
function Tensor:space_to_depth(block) end

--- Sets whole channels of a sample to 0 with probability p and divides the others by 1 - p, so that the expectation stays.
--- Draws from the random stream (ae.seed); nn.SpatialDropout2d does nothing in evaluation mode, this always draws. Tompson et al. 2015. Errors: p outside [0, 1).
---@param x aelua.Tensor [N, ..., C]
---@param p? number|table the probability of 0; at least 0, less than 1, default 0.5
---@return aelua.Tensor # a tensor of x's shape
function ae.spatial_dropout(x, p) end

--- Sets whole channels of a sample to 0 with probability p and divides the others by 1 - p, so that the expectation stays.
--- Draws from the random stream (ae.seed); nn.SpatialDropout2d does nothing in evaluation mode, this always draws. Tompson et al. 2015. Errors: p outside [0, 1).
---@param p? number|table the probability of 0; at least 0, less than 1, default 0.5
---@return aelua.Tensor # a tensor of x's shape
function Tensor:spatial_dropout(p) end

--- Square root of each element.
--- A negative number gives nan. The derivative at 0 is inf: add a small number under the root where 0 can come.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.sqrt(x) end

--- Square root of each element.
--- A negative number gives nan. The derivative at 0 is inf: add a small number under the root where 0 can come.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:sqrt() end

--- x times x of each element.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.square(x) end

--- x times x of each element.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:square() end

--- Leaves out dimensions of size 1; shares storage. Raises where a named one has another size.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions, each of size 1; default: all that are
---@return aelua.Tensor # [the other dimensions] of x's type, sharing its storage
function ae.squeeze(x, dims) end

--- Leaves out dimensions of size 1; shares storage. Raises where a named one has another size.
---@param dims? integer|integer[]|table the dimensions, each of size 1; default: all that are
---@return aelua.Tensor # [the other dimensions] of x's type, sharing its storage
function Tensor:squeeze(dims) end

--- Tensors of one type and shape side by side along a new dimension.
---@param tensors aelua.Tensor[] [any shape] one or more, all the same
---@param dim? integer|table where the new dimension is in the result; default 1
---@return aelua.Tensor # [.., how many, ..] of their type
function ae.stack(tensors, dim) end

--- Standard deviation over dimensions: the root of var. Its gradient is 0 where it is 0.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@param correction? integer subtracted from the count that the sum of squares is divided by; default 0 (the population's), 1 gives the unbiased estimate from a sample
---@return aelua.Tensor # [the other dimensions] the standard deviations
function ae.std(x, dims, keepdim, correction) end

--- Standard deviation over dimensions: the root of var. Its gradient is 0 where it is 0.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@param correction? integer subtracted from the count that the sum of squares is divided by; default 0 (the population's), 1 gives the unbiased estimate from a sample
---@return aelua.Tensor # [the other dimensions] the standard deviations
function Tensor:std(dims, keepdim, correction) end

--- a - b, element by element, broadcasting.
--- Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.
---@param a aelua.Tensor|number [...] any shape
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function ae.sub(a, b) end

--- a - b, element by element, broadcasting.
--- Two i32 give i32 and wrap around past 2^31 - 1; a number beside an i32 must be whole.
---@param b aelua.Tensor|number [...] a shape that broadcasts with a's
---@return aelua.Tensor # a tensor of the shape that a and b broadcast to
function Tensor:sub(b) end

--- Sum over dimensions, accumulated in double. The sum of nothing is 0.
---@param x aelua.Tensor [any shape] what to sum
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the sums; real, also of u8 and i32, whose values count as they are
function ae.sum(x, dims, keepdim) end

--- Sum over dimensions, accumulated in double. The sum of nothing is 0.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@return aelua.Tensor # [the other dimensions] the sums; real, also of u8 and i32, whose values count as they are
function Tensor:sum(dims, keepdim) end

--- Hyperbolic tangent of each element, between -1 and 1.
---@param x aelua.Tensor [...] any shape
---@return aelua.Tensor # a tensor of x's shape
function ae.tanh(x) end

--- Hyperbolic tangent of each element, between -1 and 1.
---@return aelua.Tensor # a tensor of x's shape
function Tensor:tanh() end

--- Copies of x laid side by side. Where counts and dimensions are not as many, the shorter is filled up with ones in front, as NumPy does.
---@param x aelua.Tensor [any shape]
---@param counts integer[]|table how many times, for each dimension
---@return aelua.Tensor # [counts times x's sizes] of x's type
function ae.tile(x, counts) end

--- Copies of x laid side by side. Where counts and dimensions are not as many, the shorter is filled up with ones in front, as NumPy does.
---@param counts integer[]|table how many times, for each dimension
---@return aelua.Tensor # [counts times x's sizes] of x's type
function Tensor:tile(counts) end

--- The k largest (or smallest) elements along a dimension in order, and where they stood. Of equal elements the first come first. A nan is larger than every number.
---@param x aelua.Tensor [any shape]
---@param k integer|table how many, 0 to the dimension's size
---@param dim? integer the dimension to look along; default the last
---@param largest? boolean the largest, largest first; false: the smallest, smallest first; default true
---@return aelua.Tensor # values of x's type and i32 places (from 1), of x's shape with k in place of the dimension's size
---@return aelua.Tensor
function ae.topk(x, k, dim, largest) end

--- The k largest (or smallest) elements along a dimension in order, and where they stood. Of equal elements the first come first. A nan is larger than every number.
---@param k integer|table how many, 0 to the dimension's size
---@param dim? integer the dimension to look along; default the last
---@param largest? boolean the largest, largest first; false: the smallest, smallest first; default true
---@return aelua.Tensor # values of x's type and i32 places (from 1), of x's shape with k in place of the dimension's size
---@return aelua.Tensor
function Tensor:topk(k, dim, largest) end

--- Two dimensions exchanged; copies. By default the last two: a matrix, or each of a batch of them.
---@param x aelua.Tensor [any shape] of at least 2 dimensions, or with both named
---@param dim1? integer|table one of the two; default the last but one
---@param dim2? integer the other; default the last
---@return aelua.Tensor # x's type and shape with the two sizes exchanged
function ae.transpose(x, dim1, dim2) end

--- Two dimensions exchanged; copies. By default the last two: a matrix, or each of a batch of them.
---@param dim1? integer|table one of the two; default the last but one
---@param dim2? integer the other; default the last
---@return aelua.Tensor # x's type and shape with the two sizes exchanged
function Tensor:transpose(dim1, dim2) end

--- Puts in a dimension of size 1; shares storage.
---@param x aelua.Tensor [any shape] of at most 7 dimensions
---@param dim integer|table where the new dimension is in the result, 1 to ndim + 1; -1: last
---@return aelua.Tensor # [.., 1, ..] of x's type, sharing its storage
function ae.unsqueeze(x, dim) end

--- Puts in a dimension of size 1; shares storage.
---@param dim integer|table where the new dimension is in the result, 1 to ndim + 1; -1: last
---@return aelua.Tensor # [.., 1, ..] of x's type, sharing its storage
function Tensor:unsqueeze(dim) end

--- Pictures or signals enlarged by whole factors, by repeating ("nearest") or between neighbours ("bilinear").
--- Bilinear takes pixels as areas (half-pixel centres), as PyTorch, Keras and TensorFlow 2 do; with align_corners the corners of x and y fall together. Errors: another number of dimensions.
---@param x aelua.Tensor [N, H, W, C] pictures or [N, T, C] signals
---@param factor integer|integer[]|table how many times as large: a number or {height, width}
---@param mode? "nearest"|"bilinear" "nearest" (the default) or "bilinear"
---@param align_corners? boolean bilinear: corners fall on corners; default false
---@return aelua.Tensor # [N, H*factor, W*factor, C]
function ae.upsample(x, factor, mode, align_corners) end

--- Pictures or signals enlarged by whole factors, by repeating ("nearest") or between neighbours ("bilinear").
--- Bilinear takes pixels as areas (half-pixel centres), as PyTorch, Keras and TensorFlow 2 do; with align_corners the corners of x and y fall together. Errors: another number of dimensions.
---@param factor integer|integer[]|table how many times as large: a number or {height, width}
---@param mode? "nearest"|"bilinear" "nearest" (the default) or "bilinear"
---@param align_corners? boolean bilinear: corners fall on corners; default false
---@return aelua.Tensor # [N, H*factor, W*factor, C]
function Tensor:upsample(factor, mode, align_corners) end

--- Variance over dimensions: the sum of squared deviations from the mean, divided by count - correction. Computed in two passes, in double. nan where count - correction is not above 0 and all deviations are 0.
---@param x aelua.Tensor [any shape]
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@param correction? integer subtracted from the count that the sum of squares is divided by; default 0 (the population's), 1 gives the unbiased estimate from a sample
---@return aelua.Tensor # [the other dimensions] the variances
function ae.var(x, dims, keepdim, correction) end

--- Variance over dimensions: the sum of squared deviations from the mean, divided by count - correction. Computed in two passes, in double. nan where count - correction is not above 0 and all deviations are 0.
---@param dims? integer|integer[]|table the dimensions to reduce, a number or a list; default: all
---@param keepdim? boolean keep them with size 1; default false
---@param correction? integer subtracted from the count that the sum of squares is divided by; default 0 (the population's), 1 gives the unbiased estimate from a sample
---@return aelua.Tensor # [the other dimensions] the variances
function Tensor:var(dims, keepdim, correction) end

--- a where condition is not 0, else b, element by element, broadcasting.
--- a and b are of one type, which is the result's; a number beside an i32 or u8 must be whole and in range. The gradient goes to whichever was taken: nan in the other does not reach it.
---@param condition aelua.Tensor [...] as comparisons give it
---@param a aelua.Tensor|number [...] taken where condition is not 0
---@param b aelua.Tensor|number [...] taken where condition is 0
---@return aelua.Tensor # a tensor of the shape that the three broadcast to
function ae.where(condition, a, b) end

--- a where condition is not 0, else b, element by element, broadcasting.
--- a and b are of one type, which is the result's; a number beside an i32 or u8 must be whole and in range. The gradient goes to whichever was taken: nan in the other does not reach it.
---@param a aelua.Tensor|number [...] taken where condition is not 0
---@param b aelua.Tensor|number [...] taken where condition is 0
---@return aelua.Tensor # a tensor of the shape that the three broadcast to
function Tensor:where(a, b) end

--- Rectangles of one size out of pictures, each at a place of its own, which may lie outside in part, and turned over where asked: what random crops, shifts and patches are made of. Errors: a sample that is not there.
---@param x aelua.Tensor [N, H, W, C] pictures
---@param places aelua.Tensor [M, 4] {sample, row, column, flip}, from 1; flip 0: as it is, 1: left and right turned, 2: top and bottom, 3: both
---@param size integer|integer[]|table of a window: {height, width}, or one number for both
---@param mode? "constant"|"edge"|"reflect" what lies outside: "constant" (the default), "edge" or "reflect", without repeating the edge
---@param value? number the constant; default 0
---@return aelua.Tensor # [M, height, width, C] of x's type
function ae.windows(x, places, size, mode, value) end

--- A tensor of zeros.
--- No gradient: it has no inputs.
---@param shape integer[]|table the sizes; {} for a single number
---@param dtype? "f32"|"u8"|"i32" the type: "f32" (the default), "u8" or "i32"
---@return aelua.Tensor # [shape] of the type asked for
function ae.zeros(shape, dtype) end

return ae
