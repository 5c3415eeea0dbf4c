using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;

namespace StreamSegmenter.Testing.Reference;

/// <summary>Sessions and conversion panes of a history, the naive way: sessions as lists of events, every pane counted by
/// looking at all of them.</summary>
internal sealed class NaiveMetrics
{
    private readonly StorefrontDefinitions _definitions;
    private readonly SortedDictionary<(long WindowMs, long StartMs, string Dimension, string Value), long[]> _panes = [];
    private readonly HashSet<Fact> _carts = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(long WindowMs, long StartMs), long> _ends = [];
    private readonly HashSet<(string Customer, long WindowMs, long StartMs, string Dimension, string Value)> _visits = [];
    private readonly HashSet<(string Customer, long WindowMs, long StartMs, string Dimension, string Value, bool IsRepeat)> _customers = [];
    private readonly Dictionary<Fact, Fact> _firstOrders = new(ReferenceEqualityComparer.Instance);
    private readonly NaiveCalendar _calendar;

    public NaiveMetrics(StorefrontDefinitions definitions, IReadOnlyList<PlacedFact> inOrder, long endMs)
    {
        _definitions = definitions;
        _calendar = new NaiveCalendar(definitions.Conversions.TimeZone);
        foreach (var history in inOrder.Select(placed => placed.Fact).GroupBy(fact => fact.Customer))
        {
            NoteCarts(history);
            NoteFirstOrder(history);
        }

        var sessions = inOrder.Select(placed => placed.Fact).GroupBy(fact => fact.Customer).SelectMany(Split).ToList();
        Sessions = sessions.Count;
        WithCart = sessions.Count(session => session.Any(IsCart));
        WithOrder = sessions.Count(session => session.Any(IsOrder));
        WithCartAndOrder = sessions.Count(session => session.Any(IsCart) && session.Any(IsOrder));
        foreach (var window in definitions.Conversions.Windows)
        {
            sessions.ForEach(session => Count(session, window));
        }

        Panes = [.. _panes.Select(pane => Text(pane.Key, pane.Value, endMs))];
    }

    public int Sessions { get; }

    public int WithCart { get; }

    public int WithOrder { get; }

    public int WithCartAndOrder { get; }

    /// <summary>Panes as text, sorted.</summary>
    public IReadOnlyList<string> Panes { get; }

    public static IReadOnlyList<string> TextOf(IEnumerable<ConversionPane> panes) =>
    [
        .. panes.OrderBy(pane => (pane.WindowMs, pane.StartMs, pane.Dimension, pane.Value)).Select(pane =>
                $"{pane.WindowMs} {pane.StartMs} {pane.Dimension} {pane.Value}: {pane.Events} {pane.Visitors} {pane.Sessions} "
                + $"{pane.SessionsWithCart} {pane.SessionsWithOrder} {pane.SessionsWithCartAndOrder} {pane.Orders} {pane.RevenueMinor} "
                + $"{pane.Customers} {pane.NewCustomers} {pane.RepeatCustomers} "
                + string.Join(' ', pane.Funnel.Select(step => step.Sessions)) + $" {pane.Final} {pane.CohortFinal}"),
    ];

    private bool IsCart(Fact fact) => _carts.Contains(fact);

    private void NoteCarts(IEnumerable<Fact> history)
    {
        long? orderedAtMs = null;
        foreach (var fact in history)
        {
            _ = NaiveCart.Opens(fact, orderedAtMs) && _carts.Add(fact);
            orderedAtMs = IsOrder(fact) ? fact.TimeMs : orderedAtMs;
        }
    }

    /// <summary>From the first order on, each fact of the customer has it.</summary>
    private void NoteFirstOrder(IEnumerable<Fact> history)
    {
        Fact? first = null;
        foreach (var fact in history)
        {
            first ??= IsOrder(fact) ? fact : null;
            _ = first is not null && _firstOrders.TryAdd(fact, first);
        }
    }

    private static bool IsOrder(Fact fact) => fact.Type == EventTypes.OrderCompleted;

    private IEnumerable<List<Fact>> Split(IEnumerable<Fact> history)
    {
        var session = new List<Fact>();
        foreach (var fact in history)
        {
            if (session.Count > 0 && fact.TimeMs - session[^1].TimeMs > _definitions.SessionGapMs)
            {
                yield return session;
                session = [];
            }

            session.Add(fact);
        }

        yield return session;
    }

    private void Count(List<Fact> session, ConversionWindow window)
    {
        var cohort = StartOf(session[0].TimeMs, window);
        var closesMs = FinalMs(window.LengthMs, cohort) + _definitions.Conversions.HorizonMs;
        for (var i = 0; i < session.Count; i++)
        {
            Count(session, i, window.LengthMs, StartOf(session[i].TimeMs, window), cohort, closesMs, "all", _ => "");
            foreach (var dimension in _definitions.Conversions.Dimensions)
            {
                Count(session, i, window.LengthMs, StartOf(session[i].TimeMs, window), cohort, closesMs, dimension.Name, fact => ValueOf(fact, dimension));
            }
        }
    }

    private string ValueOf(IEnumerable<Fact> facts, ConversionDimension dimension)
    {
        if (dimension.Name == FirstOrderCohort.MonthName)
        {
            return facts.FirstOrDefault(_firstOrders.ContainsKey) is { } known
                ? DateTimeOffset.FromUnixTimeMilliseconds(_firstOrders[known].TimeMs).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture)
                : "";
        }

        var values = dimension.FieldNames.Select(field =>
            facts.Select(fact => field == "channel" ? fact.Channel : fact.Product).FirstOrDefault(value => value.Length > 0) ?? "").ToList();
        return values.Contains("") ? "" : string.Join('+', values);
    }

    private void Count(
        List<Fact> session, int i, long windowMs, long start, long cohort, long closesMs, string dimension, Func<IEnumerable<Fact>, string> valueOf)
    {
        var (until, earlier) = (session.Take(i + 1).ToList(), session.Take(i).ToList());
        var value = valueOf(until);

        // Field by field what the event has itself, else what the session has.
        var own = valueOf(until.AsEnumerable().Reverse().Take(1).Concat(until));
        if (own.Length > 0 || dimension == "all")
        {
            Pane(windowMs, start, dimension, own)[11]++;
        }

        if (value.Length == 0 && dimension != "all")
        {
            return;
        }

        var pane = Pane(windowMs, start, dimension, value);
        pane[0] += _visits.Add((session[i].Customer, windowMs, start, dimension, value)) ? 1 : 0;
        pane[1] += IsOrder(session[i]) ? 1 : 0;
        pane[2] += IsOrder(session[i]) && session[i].Currency == "EUR" ? session[i].TotalMinor ?? 0 : 0;
        if (IsOrder(session[i]))
        {
            var isFirst = ReferenceEquals(_firstOrders[session[i]], session[i]);
            pane[12] += _customers.Add((session[i].Customer, windowMs, start, dimension, value, false)) ? 1 : 0;
            pane[13] += isFirst ? 1 : 0;
            pane[14] += !isFirst && _customers.Add((session[i].Customer, windowMs, start, dimension, value, true)) ? 1 : 0;
        }

        if (session[i].TimeMs < closesMs)
        {
            // The session belongs to the value as a whole, from the event that told it.
            var counted = dimension == "all" || valueOf(earlier).Length > 0;
            Add(Pane(windowMs, cohort, dimension, value), Reached(until), counted ? Reached(earlier) : new long[8]);
        }
    }

    private static void Add(long[] pane, long[] after, long[] before)
    {
        for (var i = 0; i < after.Length; i++)
        {
            pane[i + 3] += after[i] - before[i];
        }
    }

    /// <summary>Sessions, with cart, with order, with both, then the funnel's steps: 1 for what a session has reached.</summary>
    private long[] Reached(List<Fact> session)
    {
        var reached = new long[8];
        var cart = session.Any(IsCart) ? 1 : 0;
        var order = session.Any(IsOrder) ? 1 : 0;
        (reached[0], reached[1], reached[2], reached[3]) = (session.Count > 0 ? 1 : 0, cart, order, cart * order);
        var steps = 0;
        foreach (var fact in session)
        {
            if (steps < _definitions.Conversions.Funnel.Count && _definitions.Conversions.Funnel[steps] == fact.Type)
            {
                reached[4 + steps++] = 1;
            }
        }

        return reached;
    }

    private long[] Pane(long windowMs, long startMs, string dimension, string value)
    {
        var key = (windowMs, startMs, dimension, value);
        return _panes.TryGetValue(key, out var pane) ? pane : _panes[key] = new long[15];
    }

    private string Text((long WindowMs, long StartMs, string Dimension, string Value) key, long[] pane, long endMs)
    {
        var finalMs = FinalMs(key.WindowMs, key.StartMs);
        return $"{key.WindowMs} {key.StartMs} {key.Dimension} {key.Value}: {pane[11]} {pane[0]} {pane[3]} {pane[4]} {pane[5]} {pane[6]} "
            + $"{pane[1]} {pane[2]} {pane[12]} {pane[13]} {pane[14]} {pane[7]} {pane[8]} {pane[9]} {finalMs <= endMs} {finalMs + _definitions.Conversions.HorizonMs <= endMs}";
    }

    private long FinalMs(long windowMs, long startMs) => _ends[(windowMs, startMs)] + _definitions.GraceMs;

    private long StartOf(long timeMs, ConversionWindow window)
    {
        var (startMs, endMs) = _calendar.WindowOf(timeMs, window);
        _ends[(window.LengthMs, startMs)] = endMs;
        return startMs;
    }
}
