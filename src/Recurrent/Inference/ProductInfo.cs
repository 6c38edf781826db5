namespace Recurrent;

/// <summary>
/// Who multiplies the input weights of one direction of a layer, and what was measured to choose.
/// </summary>
/// <remarks>
/// Shapes whose sizes have the same power of two are one class, which is measured once a process, by the first model of
/// that class that is created with <see cref="GemmProvider.Auto"/>; others of the class are given the same times. Nothing
/// is measured with another provider, nor where Intel MKL is not available.
/// </remarks>
/// <param name="Provider">The provider in use: <see cref="GemmProvider.BuiltIn"/> or <see cref="GemmProvider.Mkl"/>.</param>
/// <param name="Rows">Rows (steps times batch) of the product that was measured; 0 if none was.</param>
/// <param name="BuiltInMicroseconds">What this library took for them; 0 if not measured.</param>
/// <param name="MklMicroseconds">What Intel MKL took for them; 0 if not measured.</param>
public sealed record ProductInfo(GemmProvider Provider, int Rows, double BuiltInMicroseconds, double MklMicroseconds);
