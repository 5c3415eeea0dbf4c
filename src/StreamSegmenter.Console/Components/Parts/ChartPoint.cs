namespace StreamSegmenter.ConsolePages.Components.Parts;

/// <summary>A value of a time series.</summary>
/// <param name="Below">A second value, drawn below the line; null: there is none.</param>
/// <param name="Title">Shown when a person points at it.</param>
/// <param name="IsOpen">The value may still change.</param>
public sealed record ChartPoint(DateTime At, double Value, double? Below = null, string Title = "", bool IsOpen = false, string TimeFormat = "HH:mm");
