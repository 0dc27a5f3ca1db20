// SPDX-License-Identifier: Apache-2.0
// A driver that says what it was compiled to say when it is asked for its version.
extern "C" __attribute__((visibility("default"))) int cuDriverGetVersion(int* version)
{
    *version = DRIVER_VERSION;
    return DRIVER_CODE;
}
