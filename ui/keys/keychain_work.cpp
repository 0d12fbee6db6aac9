// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/keychain_work.h"

namespace lunargate::ui {

void KeychainWork::start(Question question)
{
    Q_ASSERT(!m_isRunning);
    m_isRunning = true;
    Q_EMIT runningChanged();
    m_thread = std::jthread([this, question = std::move(question)](const std::stop_token &stop) {
        const Answer answer = question(stop);
        QMetaObject::invokeMethod(
            this,
            [this, answer] {
                m_isRunning = false;
                Q_EMIT runningChanged();
                answer();
            },
            Qt::QueuedConnection);
    });
}

} // namespace lunargate::ui
