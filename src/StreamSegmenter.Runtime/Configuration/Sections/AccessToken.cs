using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <param name="Name">Whose it is: the audit log names it.</param>
internal sealed record AccessToken(string Name, AccessRole Role, string Token);
