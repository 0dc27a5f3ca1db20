// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tensors/tensor.h"

#include <QWidget>

class QGridLayout;
class QPlainTextEdit;
class QTableView;

namespace quantoscope {

class BackgroundJob;
class Card;
class MetadataModel;
class TextLabel;
class TypeShares;

/// The File tab: where the model lies, what it is made of, and what it says about itself.
class FileSheet : public QWidget {
    Q_OBJECT

public:
    explicit FileSheet(QWidget* parent = nullptr);
    void showModel(const TensorSource* model, const QString& path);
    bool isSettled() const;   ///< Size and format of the file are known.

protected:
    void showEvent(QShowEvent*) override;

private:
    void describe();
    void showFacts(const TensorSource& model);
    void showEntry(int row);

    const TensorSource* m_model = nullptr;
    QString m_path;
    bool m_isStale = false;
    BackgroundJob* m_looking;
    Card* m_factsCard;
    QGridLayout* m_facts;
    TypeShares* m_shares;
    Card* m_metadataCard;
    QTableView* m_table;
    MetadataModel* m_metadata;
    TextLabel* m_key;          ///< Of the value shown whole.
    QPlainTextEdit* m_value;
};

}  // namespace quantoscope
