namespace StreamSegmenter.Api;

/// <param name="WindowMs">Null: the shortest.</param>
/// <param name="Dimension">Null: all traffic together.</param>
public sealed record ConversionQuery(long? WindowMs = null, string? Dimension = null, DateTime? From = null, DateTime? To = null, int Limit = 500);

/// <param name="WindowsMs">Lengths that are counted.</param>
/// <param name="Dimensions">Their names, beside <c>all</c>.</param>
/// <param name="Panes">Oldest first.</param>
public sealed record ConversionReport(
    IReadOnlyList<long> WindowsMs, IReadOnlyList<string> Dimensions, IReadOnlyList<string> Funnel, long WindowMs, string? Currency, DateTime? Since, IReadOnlyList<PaneReport> Panes);

/// <summary>The numbers of one window, summed over all partitions.</summary>
/// <param name="Dimension"><c>all</c>, or the dimension's name.</param>
/// <param name="Value">The dimension's value; empty for all traffic.</param>
/// <param name="Final">Visitors, sessions, orders and revenue change no more.</param>
/// <param name="CohortFinal">What the window's sessions reached changes no more either.</param>
public sealed record PaneReport(
    long WindowMs, string Dimension, DateTime Start, DateTime End, string Value, long Events, long Visitors, long Sessions, long SessionsWithCart, long SessionsWithOrder,
    IReadOnlyList<FunnelCount> Funnel, long Orders, long RevenueMinor, long RefundedMinor, long NetMinor, double? ConversionRate,
    double? CartAbandonmentRate, double? AverageOrderValueMinor, bool Final, bool CohortFinal);

public sealed record FunnelCount(string Step, long Sessions);
