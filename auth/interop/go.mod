module canopy/auth/interop

go 1.26.0

replace canopy => ../..
