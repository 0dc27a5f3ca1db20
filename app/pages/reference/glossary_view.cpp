// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/glossary_view.h"

#include "app/glossary.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

namespace quantoscope {

GlossaryView::GlossaryView(QWidget* parent)
    : QWidget(parent)
    , m_field(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_title(new TextLabel({}, 24, QFont::DemiBold, TextTone::Normal, this))
    , m_text(new TextLabel({}, 15, QFont::Normal, TextTone::Normal, this))
    , m_related(new QWidget(this))
{
    m_field->setPlaceholderText(tr("Find a term"));
    m_field->setAccessibleName(tr("Find a term"));
    m_list->setAccessibleName(tr("Terms"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_text->setWordWrap(true);
    m_text->setMaximumWidth(720);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto* columns = new QHBoxLayout(this);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(space::gap);
    auto* left = new Card(this);
    left->setFixedWidth(280);
    left->body()->addWidget(m_field);
    left->body()->addWidget(m_list, 1);
    columns->addWidget(left);
    auto* right = new Card(this);
    right->layout()->setContentsMargins(space::margin, 24, space::margin, 24);
    right->body()->setSpacing(space::normal);
    right->body()->addWidget(m_title);
    right->body()->addWidget(m_text);
    right->body()->addWidget(m_related);
    right->body()->addStretch(1);
    columns->addWidget(right, 1);
    new QHBoxLayout(m_related);
    m_related->layout()->setContentsMargins(0, 0, 0, 0);

    for (const GlossaryTerm& term : glossary()) {
        auto* item = new QListWidgetItem(term.title, m_list);
        item->setData(Qt::UserRole, term.id);
    }
    connect(m_field, &QLineEdit::textChanged, this, &GlossaryView::filter);
    connect(m_list, &QListWidget::currentItemChanged, this, [this] {
        showCurrent();
        if (!m_isRestoring)
            emit changed(tr("choose a term"));
    });
    applyTheme();
    if (m_list->count() > 0)
        setCurrent(m_list->item(0)->data(Qt::UserRole).toString());
    else
        m_text->setText(tr("The glossary (assets/glossary.json) was not found beside the program; install it again."));
}

QString GlossaryView::current() const
{
    return m_list->currentItem() ? m_list->currentItem()->data(Qt::UserRole).toString() : QString();
}

void GlossaryView::setCurrent(const QString& id)
{
    m_isRestoring = true;
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->data(Qt::UserRole).toString() != id)
            continue;
        m_list->item(row)->setHidden(false);
        m_list->setCurrentRow(row);
    }
    m_isRestoring = false;
}

void GlossaryView::filter(const QString& words)
{
    QListWidgetItem* first = nullptr;
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        const GlossaryTerm* term = findTerm(item->data(Qt::UserRole).toString());
        const bool matches = term->title.contains(words, Qt::CaseInsensitive) || term->text.contains(words, Qt::CaseInsensitive);
        item->setHidden(!matches);
        // A term called so comes before one that only mentions the word.
        const bool isCalledSo = term->title.contains(words, Qt::CaseInsensitive);
        if (matches && (!first || (isCalledSo && !first->text().contains(words, Qt::CaseInsensitive))))
            first = item;
    }
    if (first && (!m_list->currentItem() || m_list->currentItem()->isHidden()))
        m_list->setCurrentItem(first);
}

void GlossaryView::showCurrent()
{
    qDeleteAll(m_related->findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
    delete m_related->layout();
    auto* line = new QHBoxLayout(m_related);
    line->setContentsMargins(0, space::small, 0, 0);
    line->setSpacing(space::small);
    const GlossaryTerm* term = findTerm(current());
    if (!term)
        return;
    m_title->setText(term->title);
    m_text->setText(term->text);
    for (const QString& id : term->related) {
        const GlossaryTerm* relative = findTerm(id);
        if (!relative)
            continue;
        auto* button = new PushButton(relative->title, PushButton::Role::Chip, m_related);
        // Later: the click would delete the button it comes from.
        connect(button, &QAbstractButton::clicked, this, [this, id] {
            setCurrent(id);
            emit changed(tr("choose a term"));
        }, Qt::QueuedConnection);
        line->addWidget(button);
    }
    line->addStretch(1);
}

void GlossaryView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyTheme();
}

void GlossaryView::applyTheme()
{
    m_field->setFont(uiFont(13));
    m_list->setFont(uiFont(13));
}

}  // namespace quantoscope
