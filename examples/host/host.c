/*
** host: a C program with a Lua state of its own trains a small autoencoder in
** it and reads the result back through the C interface.
**
**   cmake -S examples/host -B build-host -DCMAKE_PREFIX_PATH=... && cmake --build build-host && build-host/host
**   cc host.c $(pkg-config --cflags --libs aelua) -lm -o host
**
** The data: 200 waves of 16 samples, of random phase and strength. Two numbers
** describe each, so a code of 2 can.
*/
#include <aelua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WAVES = 200, SAMPLES = 16, CODE = 2 };

static const char script[] = "local ae = require 'aelua'\n"
                             "local waves = ...\n"
                             "ae.seed(1)\n"
                             "local model = ae.Autoencoder {\n"
                             "  input = { 16 },\n"
                             "  encoder = ae.nn.Sequential { ae.nn.Dense(2) },\n"
                             "  decoder = ae.nn.Sequential { ae.nn.Dense(16) },\n"
                             "  loss = 'mse',\n"
                             "}\n"
                             "model:fit(waves, { epochs = 100, batch_size = 20, verbose = 0,\n"
                             "  optimizer = ae.optim.Adam { lr = 1e-2 } })\n"
                             "return model:encode(waves), model:reconstruct(waves)\n";

static float waves[WAVES][SAMPLES];

static void make_waves(void) {
  for (int i = 0; i < WAVES; i++) {
    double phase = 6.283185307 * i / WAVES, strength = 0.5 + (i * 37 % 100) / 100.0;
    for (int t = 0; t < SAMPLES; t++) waves[i][t] = (float)(strength * sin(6.283185307 * t / SAMPLES + phase));
  }
}

static int fail(lua_State *L, const char *message) {
  fprintf(stderr, "host: %s\n", message);
  lua_close(L);
  return EXIT_FAILURE;
}

/* Hands the waves to Lua without copying them where the library computes in float. */
static ae_status push_waves(lua_State *L, ae_error *err) {
  ae_context *ctx = ae_lua_context(L);
  int64_t dims[2] = {WAVES, SAMPLES};
  ae_tensor *t;
  ae_status status;
  if (ae_real_size() == sizeof(float)) {
    status = ae_tensor_lend(ctx, AE_F32, 2, dims, waves, NULL, NULL, &t, err);
  } else {
    static double wide[WAVES * SAMPLES];
    for (int i = 0; i < WAVES * SAMPLES; i++) wide[i] = waves[i / SAMPLES][i % SAMPLES];
    status = ae_tensor_from_reals(ctx, 2, dims, wide, &t, err);
  }
  if (status != AE_OK) return status;
  status = ae_lua_push(L, t, err);
  ae_tensor_release(t);
  return status;
}

/* Copies the tensor at the index out of Lua. */
static ae_status read_back(lua_State *L, int index, double *values, int64_t count, ae_error *err) {
  ae_tensor *t;
  ae_status status = ae_lua_tensor(L, index, &t, err);
  if (status != AE_OK) return status;
  status = ae_tensor_read(t, values, count, err);
  ae_tensor_release(t);
  return status;
}

int main(void) {
  lua_State *L = luaL_newstate();
  if (!L) return EXIT_FAILURE;
  luaL_openlibs(L);
  luaL_requiref(L, "aelua", luaopen_aelua, 0);
  lua_pop(L, 1);

  ae_error err;
  static double codes[WAVES * CODE], copies[WAVES * SAMPLES];
  make_waves();
  if (luaL_loadstring(L, script) != LUA_OK) return fail(L, lua_tostring(L, -1));
  if (push_waves(L, &err) != AE_OK) return fail(L, err.message);
  if (lua_pcall(L, 1, 2, 0) != LUA_OK) return fail(L, luaL_tolstring(L, -1, NULL));
  if (read_back(L, -2, codes, WAVES * CODE, &err) != AE_OK) return fail(L, err.message);
  if (read_back(L, -1, copies, WAVES * SAMPLES, &err) != AE_OK) return fail(L, err.message);
  lua_close(L);

  double error = 0, power = 0;
  for (int i = 0; i < WAVES * SAMPLES; i++) {
    double wave = waves[i / SAMPLES][i % SAMPLES];
    error += (copies[i] - wave) * (copies[i] - wave);
    power += wave * wave;
  }
  printf("first code: %.3f %.3f; error: %.2f %% of the power\n", codes[0], codes[1], 100 * error / power);
  return error < 0.01 * power ? EXIT_SUCCESS : EXIT_FAILURE;
}
