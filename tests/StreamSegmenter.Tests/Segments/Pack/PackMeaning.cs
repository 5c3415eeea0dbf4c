namespace StreamSegmenter.Tests.Segments.Pack;

/// <summary>What the sample pack's segments mean, recomputed for one customer at one instant from nothing but the facts up to it.</summary>
internal sealed class PackMeaning(IReadOnlyList<PackFact> facts, long nowMs, string lovedCategory)
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private readonly PackFact[] _facts = [.. facts.Where(fact => fact.TimeMs <= nowMs)];

    public IEnumerable<string> Segments() => _facts.Length == 0 ? [] : All().Where(segment => segment.Holds).Select(segment => segment.Id);

    private IEnumerable<(string Id, bool Holds)> All()
    {
        var orders = Of("order_completed");
        var isVip = Net(365 * Day, Day) >= 100_000 && Count(orders, 365 * Day, Day) >= 3;
        var sinceOrder = orders.Length == 0 ? (long?)null : nowMs - orders[^1].TimeMs;
        var loved = Of("product_viewed").Where(fact => fact.Category.StartsWith(lovedCategory, StringComparison.Ordinal)).ToArray();
        var weekend = _facts.Where(fact => Local(fact.TimeMs).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday).ToArray();
        yield return ("new-customer", orders.Length > 0 && nowMs - orders[0].TimeMs < 30 * Day);
        yield return ("active-customer", Did("order_completed", 90 * Day));
        yield return ("vip", isVip);
        yield return ("vip-at-risk", isVip && !Did("order_completed", 60 * Day));
        yield return ("churn-risk", orders.Length >= 2 && sinceOrder >= 90 * Day && sinceOrder <= 180 * Day);
        yield return ("one-time-buyer", orders.Length == 1 && sinceOrder > 30 * Day);
        yield return ("cart-hesitater", Hesitates(orders));
        yield return ("category-lover-shoes",
            Count(loved, 30 * Day, 12 * Hour) >= 5 && Count(loved, 30 * Day, 12 * Hour) * 2 > Count(Of("product_viewed"), 30 * Day, 12 * Hour));
        yield return ("weekend-shopper", Count(weekend, 90 * Day, Day) >= 3 && Count(weekend, 90 * Day, Day) * 3 >= Count(_facts, 90 * Day, Day) * 2);
        yield return ("discover", nowMs - _facts[0].TimeMs <= 14 * Day && Of("product_added").Length == 0 && orders.Length == 0);
        yield return ("consider", !Did("order_completed", 30 * Day) && (LookedOnDays() >= 2 || DistinctProducts() >= 5));
        yield return ("about-to-buy", Did("product_added", Day) && !Did("order_completed", Day));
        yield return ("retained", orders.Select(fact => Monday(Local(fact.TimeMs))).Distinct().Count(week => week > Monday(Local(nowMs)).AddDays(-7 * 8)) >= 2);
    }

    // An order at the instant of an addition comes behind it.
    private bool Hesitates(PackFact[] orders) => Of("product_added").Any(added =>
        added.TimeMs + (2 * Hour) <= nowMs && nowMs - (added.TimeMs + (2 * Hour)) < Day
        && !orders.Any(order => order.TimeMs >= added.TimeMs && order.TimeMs < added.TimeMs + (2 * Hour)));

    private int LookedOnDays() => Of("product_viewed").Select(fact => Local(fact.TimeMs).Date).Distinct().Count(day => day > Local(nowMs).Date.AddDays(-7));

    private int DistinctProducts() =>
        Of("product_viewed").Where(fact => fact.Product.Length > 0 && IsIn(fact.TimeMs, 7 * Day, 3 * Hour)).Select(fact => fact.Product).Distinct().Count();

    // The refunds of the file name no order: they count at their own time.
    private long Net(long windowMs, long paneMs) =>
        Of("order_completed").Where(fact => IsIn(fact.TimeMs, windowMs, paneMs)).Sum(fact => fact.TotalMinor)
        - Of("order_refunded").Where(fact => IsIn(fact.TimeMs, windowMs, paneMs)).Sum(fact => fact.TotalMinor);

    private bool Did(string type, long windowMs) => Of(type).Any(fact => nowMs - fact.TimeMs < windowMs);

    private int Count(IEnumerable<PackFact> counted, long windowMs, long paneMs) => counted.Count(fact => IsIn(fact.TimeMs, windowMs, paneMs));

    private bool IsIn(long timeMs, long windowMs, long paneMs) => ((timeMs + paneMs - 1) / paneMs * paneMs) + windowMs > nowMs;

    private PackFact[] Of(string type) => [.. _facts.Where(fact => fact.Type == type)];

    private static DateTime Local(long timeMs) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTimeOffset.FromUnixTimeMilliseconds(timeMs).UtcDateTime, Berlin);

    private static DateTime Monday(DateTime local) => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7));
}
