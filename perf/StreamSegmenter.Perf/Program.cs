using System.Globalization;
using StreamSegmenter.Perf;

// Figures are compared across machines and years: no locale may write them.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return BenchCommand.Create().Parse(args).Invoke();
