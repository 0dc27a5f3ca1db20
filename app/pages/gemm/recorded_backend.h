// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/recorded_sweep.h"

#include <QString>

#include <memory>
#include <vector>

namespace quantoscope {

/// A sweep that somebody recorded on a GPU, or the sentence why its file cannot be shown.
struct RecordedFile {
    QString name;   ///< Of the file.
    std::shared_ptr<const RecordedSweep> sweep;
    QString problem;

    /// "recorded:NAME"
    QString deviceId() const { return QStringLiteral("recorded:") + name; }
    /// "NVIDIA H100 80GB HBM3 · recorded 2026-11-22"
    QString title() const;
    /// Device, driver, clocks, date and method, as a sentence.
    QString provenance() const;
    /// What was recorded of a kernel on a shape; null where nothing was.
    const RecordedRun* find(std::string_view kernel, const GemmShape& shape) const;
};

/// The files of a folder that end in .json; by default those that come with the program.
std::vector<RecordedFile> listRecordedFiles(const QString& folder);
QString recordedFolder();

/// Answers with what was recorded, at once. Says which shapes there are where another is asked for.
std::shared_ptr<GemmBackend> makeRecordedBackend(const RecordedFile& file);

}  // namespace quantoscope
