// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/first_focus.h"

#include <QFocusEvent>
#include <QPointer>

namespace lunargate::ui {

namespace {

class FirstFocus : public QObject
{
public:
    explicit FirstFocus(QWidget &container) : QObject(&container) { container.installEventFilter(this); }

    QPointer<QWidget> first;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::FocusIn && first)
            first->setFocus(static_cast<QFocusEvent *>(event)->reason());
        return QObject::eventFilter(watched, event);
    }
};

} // namespace

void setFirstFocus(QWidget &container, QWidget *first)
{
    FirstFocus *known = nullptr;
    for (QObject *child : container.children()) {
        if (auto *one = dynamic_cast<FirstFocus *>(child))
            known = one;
    }
    if (!known)
        known = new FirstFocus(container);
    known->first = first;
}

} // namespace lunargate::ui
