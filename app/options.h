// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

namespace quantoscope {

/// What the command line of the window program says.
struct Options {
    QString opened;                    ///< A model file or a quantoscope: link.
    QString page;
    QString theme;
    QSize size;                        ///< Invalid where none is given.
    double scale = 0;                  ///< 0: as the screen has it.
    std::optional<quint64> seed;
    QString profile;
    QString picture;
    bool isPresenting = false;
    bool wantsHelp = false;
    bool wantsVersion = false;
};

/// Reads the arguments without the program's name, before any QApplication exists. The error is a sentence.
Result<Options> parseOptions(const QStringList& arguments);
QString optionsHelp();

/// Why no window can be shown, empty where one can: xcb would end the program with a signal instead.
QString displayObstacle();

}  // namespace quantoscope
