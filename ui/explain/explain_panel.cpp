// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/explain/explain_panel.h"

#include "gateway/api/explanation_text.h"
#include "gateway/history/history_record.h"
#include "ui/shell/first_focus.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QShortcut>
#include <QSplitter>

#include <utility>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr int kHeadersHeight = 76;

QPlainTextEdit *newEdit(const QString &name, const QString &placeholder)
{
    auto *edit = new QPlainTextEdit;
    edit->setAccessibleName(name);
    edit->setPlaceholderText(placeholder);
    edit->setTabChangesFocus(true);
    edit->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    return edit;
}

QLabel *plainLabel(const QString &text, const char *name)
{
    auto *label = new QLabel(text);
    label->setObjectName(QLatin1StringView(name));
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

ExplainPanel::ExplainPanel(QWidget *parent)
    : QWidget(parent),
      m_endpoint(new QComboBox),
      m_request(newEdit(tr("Request"), tr("The body of a request (JSON), or a cURL command"))),
      m_headers(newEdit(tr("Headers"), u"X-Team: red"_s)),
      m_explain(new QPushButton(icon(Glyph::Fork), tr("Explain"))),
      m_problem(plainLabel({}, "problem")),
      m_sign(new QLabel),
      m_result(plainLabel({}, "heading")),
      m_copy(new QToolButton),
      m_view(new ExplanationView)
{
    auto *splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(makeQuestion());
    splitter->addWidget(makeAnswer());
    splitter->setSizes({400, 560});
    splitter->setStretchFactor(1, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(plainLabel(tr("Explain"), "title"));
    layout->addWidget(splitter, 1);
    setFirstFocus(*this, m_request);

    connect(m_explain, &QPushButton::clicked, this, &ExplainPanel::explain);
    auto *shortcut = new QShortcut(Qt::CTRL | Qt::Key_Return, this, this, &ExplainPanel::explain);
    shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(m_copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(m_text)); });
    setGateway(nullptr);
}

QWidget *ExplainPanel::makeQuestion()
{
    // As in ExplainedEndpoint.
    m_endpoint->addItems(
        {tr("Chat"), tr("Embeddings"), tr("Responses"), tr("Messages"), tr("Ollama chat"), tr("Ollama generate")});
    m_endpoint->setAccessibleName(tr("Endpoint"));
    m_headers->setMaximumHeight(kHeadersHeight);
    m_explain->setToolTip(tr("Ctrl+Return"));
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto *head = new QHBoxLayout;
    head->addWidget(plainLabel(tr("Request"), "heading"));
    head->addStretch(1);
    head->addWidget(m_endpoint);
    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(m_explain);
    auto *question = new QWidget;
    auto *column = new QVBoxLayout(question);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(m_request, 1);
    column->addWidget(plainLabel(tr("Headers"), "heading"));
    column->addWidget(m_headers);
    column->addWidget(m_problem);
    column->addLayout(foot);
    return question;
}

QWidget *ExplainPanel::makeAnswer()
{
    m_result->setWordWrap(true);
    m_copy->setIcon(icon(Glyph::Copy));
    m_copy->setText(tr("Copy as text"));
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_sign);
    head->addWidget(m_result, 1);
    head->addWidget(m_copy);
    auto *answer = new QWidget;
    auto *column = new QVBoxLayout(answer);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(m_view, 1);
    return answer;
}

void ExplainPanel::setGateway(Gateway *gateway)
{
    m_asking = std::make_unique<TaskRunner>();
    m_gateway = gateway;
    m_explain->setEnabled(gateway != nullptr);
    m_text.clear();
    m_copy->setEnabled(false);
    m_view->clear();
    m_sign->clear();
    m_result->setText(gateway ? tr("Nobody is called, and no limit is used up.")
                              : tr("Requests can be explained once the gateway runs."));
}

void ExplainPanel::explainRecord(const HistoryRecord &record)
{
    const HistoryMessage *kept = nullptr;
    if (record.messages && (*record.messages)[HistoryPart::ClientRequest])
        kept = &*(*record.messages)[HistoryPart::ClientRequest];
    if (!kept || kept->leftOut > 0) {
        showProblem(kept ? tr("The request was too long to be kept as a whole.")
                         : tr("The body of this request was not kept (history.capture: bodies)."));
        return;
    }
    QStringList lines;
    for (const HeaderList::Field &field : kept->headers)
        lines.append(QString::fromUtf8(field.name + ": " + field.value));
    const std::optional<ExplainedEndpoint> endpoint = explainedEndpoint(record.endpoint);
    if (!endpoint) {
        showProblem(tr("Requests for this endpoint cannot be explained."));
        return;
    }
    m_endpoint->setCurrentIndex(std::to_underlying(*endpoint));
    m_request->setPlainText(QString::fromUtf8(kept->body));
    m_headers->setPlainText(lines.join(u'\n'));
    explain();
}

void ExplainPanel::explain()
{
    if (!m_gateway)
        return;
    const auto request = readPastedRequest(m_request->toPlainText());
    if (!request)
        return showProblem(request.error().message, m_request, request.error().position);
    auto headers = readHeaderLines(m_headers->toPlainText());
    if (!headers)
        return showProblem(headers.error().message, m_headers, headers.error().position);
    for (const HeaderList::Field &field : request->headers)
        headers->add(field.name, field.value);
    if (request->endpoint)
        m_endpoint->setCurrentIndex(std::to_underlying(*request->endpoint));
    m_problem->hide();
    m_asking = std::make_unique<TaskRunner>(); // what was asked before is not wanted any more
    m_asking->start(ask(static_cast<ExplainedEndpoint>(m_endpoint->currentIndex()), request->body, *std::move(headers)),
                    {});
}

void ExplainPanel::showProblem(const QString &message, QPlainTextEdit *where, qsizetype position)
{
    m_problem->setText(message);
    m_problem->show();
    if (where) {
        QTextCursor cursor = where->textCursor();
        if (position >= 0)
            cursor.setPosition(
                static_cast<int>(std::min<qsizetype>(position, where->document()->characterCount() - 1)));
        where->setTextCursor(cursor);
        where->setFocus();
    }
    Q_EMIT explained();
}

Task<> ExplainPanel::ask(ExplainedEndpoint endpoint, QByteArray body, HeaderList headers)
{
    const Result<ExplainedByGateway> explained =
        co_await m_gateway->explain(endpoint, std::move(body), std::move(headers));
    if (!explained) {
        showProblem(tr("This is no request: %1").arg(QString::fromUtf8(explained.error().message)));
        co_return;
    }
    present(*explained);
    Q_EMIT this->explained();
}

void ExplainPanel::present(const ExplainedByGateway &explained)
{
    const Explanation &explanation = explained.explanation;
    const Config &config = *explained.runtime->config;
    const auto &call = explanation.call;
    m_text = explanationText(explanation, config);
    m_copy->setEnabled(true);
    m_view->setOutline(explanationOutline(explanation, config), call && *call ? (*call)->body : QByteArray());
    const std::optional<RoutePlan> plan = likelyPlan(explanation);
    if (explanation.error)
        showResult(Glyph::Cross, Tone::Error, tr("It would be refused"));
    else if (call && !*call)
        showResult(Glyph::Caution, Tone::Warning, tr("It could not be sent"));
    else if (plan)
        showResult(
            Glyph::Check, Tone::Ok,
            tr("%1, by route %2")
                .arg(QString::fromUtf8(plan->candidates.front().reportedModel()), QString::fromUtf8(plan->routeName)));
}

void ExplainPanel::showResult(Glyph glyph, Tone tone, const QString &text)
{
    m_sign->setPixmap(icon(glyph, tone).pixmap(16, 16));
    m_result->setText(text);
}

} // namespace lunargate::ui
