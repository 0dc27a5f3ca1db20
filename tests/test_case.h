// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTest>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace quantoscope::test {

/// Test classes of one executable by the name of their file, filled before main() by QUANTOSCOPE_TEST.
inline std::map<std::string, std::function<std::unique_ptr<QObject>()>>& classes()
{
    static std::map<std::string, std::function<std::unique_ptr<QObject>()>> all;
    return all;
}

}  // namespace quantoscope::test

/// Ends every test file: QUANTOSCOPE_TEST(tst_random, TestRandom)
#define QUANTOSCOPE_TEST(file, Class)                                                              \
    [[maybe_unused]] static const bool file##IsListed = [] {                                       \
        quantoscope::test::classes()[#file] = [] { return std::make_unique<Class>(); };            \
        return true;                                                                               \
    }();
