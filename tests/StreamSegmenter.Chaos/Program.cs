using System.Globalization;
using StreamSegmenter.Chaos;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return ChaosCommand.Create().Parse(args).Invoke();
