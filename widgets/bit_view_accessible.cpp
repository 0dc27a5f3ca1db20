// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bit_view_accessible.h"

#include "widgets/bit_view.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>

#include <algorithm>

namespace quantoscope {

namespace {

/// One bit: a check box without a widget of its own.
class AccessibleBit : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    AccessibleBit(BitView* view, int bit) : m_view(view), m_bit(bit) {}

    int bit() const { return m_bit; }
    bool isValid() const override { return m_view && m_view->bitLayout().ofBit(m_bit); }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return m_view ? m_view->window()->windowHandle() : nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::CheckBox; }
    void setText(QAccessible::Text, const QString&) override {}

    QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return {};
        if (kind == QAccessible::Name)
            return bitName(m_view->format(), m_bit, m_view->code());
        if (kind == QAccessible::Value)
            return isOne() ? QStringLiteral("1") : QStringLiteral("0");
        return {};
    }

    QRect rect() const override
    {
        const BitCell* cell = m_view ? m_view->bitLayout().ofBit(m_bit) : nullptr;
        if (!cell)
            return {};
        const QRect local = cell->rect.toAlignedRect();
        return {m_view->mapToGlobal(local.topLeft()), local.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.checkable = true;
        state.checked = isOne();
        state.focusable = true;
        state.focused = m_view->hasFocus() && m_view->focusedBit() == m_bit;
        state.invisible = !m_view->isVisible();
        state.disabled = !m_view->isEnabled();
        return state;
    }

    void* interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
    }
    QStringList actionNames() const override { return {toggleAction(), setFocusAction()}; }
    void doAction(const QString& action) override
    {
        if (!isValid())
            return;
        if (action == toggleAction()) {
            m_view->flipBit(m_bit);
        } else if (action == setFocusAction()) {
            m_view->setFocus(Qt::OtherFocusReason);
            m_view->focusBit(m_bit);
        }
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    bool isOne() const { return m_view->code() >> m_bit & 1; }

    QPointer<BitView> m_view;
    int m_bit;
};

class AccessibleBitView : public QAccessibleWidget {
public:
    explicit AccessibleBitView(BitView* view) : QAccessibleWidget(view, QAccessible::Grouping) {}
    ~AccessibleBitView() override
    {
        for (const auto& [bit, id] : m_children)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return int(shownBits(view().format()).size()); }
    QAccessibleInterface* child(int index) const override
    {
        const auto bits = shownBits(view().format());
        return index >= 0 && index < int(bits.size()) ? bitInterface(bits[std::size_t(index)]) : nullptr;
    }
    int indexOfChild(const QAccessibleInterface* child) const override
    {
        const auto* wanted = dynamic_cast<const AccessibleBit*>(child);
        const auto bits = shownBits(view().format());
        const auto at = wanted ? std::find(bits.begin(), bits.end(), wanted->bit()) : bits.end();
        return at == bits.end() ? -1 : int(at - bits.begin());
    }
    QAccessibleInterface* childAt(int x, int y) const override
    {
        const BitCell* cell = view().bitLayout().at(view().mapFromGlobal(QPoint(x, y)));
        return cell ? bitInterface(cell->bit) : nullptr;
    }
    QAccessibleInterface* focusChild() const override
    {
        return view().hasFocus() ? bitInterface(view().focusedBit()) : nullptr;
    }
    QString text(QAccessible::Text kind) const override
    {
        if (kind == QAccessible::Name && view().accessibleName().isEmpty())
            return BitView::tr("Bits of %1").arg(QString::fromUtf8(view().format().name.data(), qsizetype(view().format().name.size())));
        return QAccessibleWidget::text(kind);
    }

private:
    BitView& view() const { return *static_cast<BitView*>(widget()); }
    QAccessibleInterface* bitInterface(int bit) const
    {
        const auto known = std::find_if(m_children.begin(), m_children.end(), [bit](const auto& entry) { return entry.first == bit; });
        if (known != m_children.end())
            return QAccessible::accessibleInterface(known->second);
        auto* made = new AccessibleBit(&view(), bit);
        m_children.emplace_back(bit, QAccessible::registerAccessibleInterface(made));
        return made;
    }

    mutable std::vector<std::pair<int, QAccessible::Id>> m_children;
};

QAccessibleInterface* makeInterface(const QString&, QObject* object)
{
    auto* view = qobject_cast<BitView*>(object);
    return view ? new AccessibleBitView(view) : nullptr;
}

}  // namespace

void installBitViewAccessibility()
{
    [[maybe_unused]] static const bool installed = (QAccessible::installFactory(makeInterface), true);
}

void announceBitChanges(BitView& view, Code before)
{
    if (!QAccessible::isActive())
        return;
    const auto bits = shownBits(view.format());
    for (std::size_t i = 0; i < bits.size(); ++i) {
        if (!((before ^ view.code()) >> bits[i] & 1))
            continue;
        QAccessible::State changed;
        changed.checked = true;
        QAccessibleStateChangeEvent event(&view, changed);
        event.setChild(int(i));
        QAccessible::updateAccessibility(&event);
    }
}

void announceBitFocus(BitView& view)
{
    if (!QAccessible::isActive() || !view.hasFocus())
        return;
    const auto bits = shownBits(view.format());
    QAccessibleEvent event(&view, QAccessible::Focus);
    event.setChild(int(std::find(bits.begin(), bits.end(), view.focusedBit()) - bits.begin()));
    QAccessible::updateAccessibility(&event);
}

}  // namespace quantoscope
