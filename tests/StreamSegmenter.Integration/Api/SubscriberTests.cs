using System.Diagnostics;

namespace StreamSegmenter.Integration.Api;

/// <summary>The subscribers of samples/ over a running engine.</summary>
public sealed class SubscriberTests(OpenShop shop) : IClassFixture<OpenShop>
{
    private const int Triggers = 3;

    [Theory]
    [InlineData("python3", "subscriber.py")]
    [InlineData("node", "subscriber.mjs")]
    public async Task A_subscriber_acts_on_each_trigger_once(string program, string script)
    {
        ForeignProgram.Require(program);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var subscriber = Process.Start(new ProcessStartInfo(
            program, [Path.Combine(Samples(), script), shop.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), $"{Triggers}"])
        { RedirectStandardOutput = true })!;
        try
        {
            var output = await subscriber.StandardOutput.ReadToEndAsync(limit.Token);
            await subscriber.WaitForExitAsync(limit.Token);
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(Triggers, lines.Length);
            Assert.All(lines, line => Assert.Matches("^(write to|do not write to|thank) [ac][0-9]+$", line));
        }
        finally
        {
            subscriber.Kill();
        }
    }

    private static string Samples()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "StreamSegmenter.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "samples", "subscribers");
    }
}
